package dev.waitok.kmalloc;

import dev.waitok.kmalloc.slab.Slabs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The types of one allocator, by name and by number. */
final class Types {
  /** A block records its type in 15 bits. */
  private static final int MOST = 1 << 15;

  private final Function<String, Calls> calls;
  private final Slabs slabs;
  private final ConcurrentMap<String, MallocType> byName = new ConcurrentHashMap<>();
  private final List<MallocType> byId = new CopyOnWriteArrayList<>();

  /** No types yet; told the calls of each by its name. */
  Types(Function<String, Calls> calls, Slabs slabs) {
    this.calls = calls;
    this.slabs = slabs;
  }

  /** Has all types use other calls, except for those that have their own. */
  synchronized void use(Calls newCalls) {
    for (MallocType type : byId) {
      if (!(type.calls() instanceof GuardedCalls)) {
        type.use(newCalls);
      }
    }
  }

  MallocType get(String name, long limit) {
    MallocType existing = byName.get(name);
    return existing != null ? existing : make(name, limit);
  }

  private synchronized MallocType make(String name, long limit) {
    MallocType existing = byName.get(name);
    if (existing != null) {
      return existing;
    }
    if (byId.size() == MOST) {
      throw new IllegalStateException("an allocator has " + MOST + " types at most: " + name);
    }
    MallocType type = new MallocType(calls.apply(name), slabs.newLedger(name, byId.size(), limit));
    byId.add(type);
    byName.put(name, type);
    return type;
  }

  /** Frees a type's name for another one. */
  void forget(MallocType type) {
    boolean _ = byName.remove(type.name(), type);
  }

  /** Gives every type accounts for so many owners; those from a slot on have new owners. */
  synchronized void extend(int slots, int fromSlot) {
    for (MallocType type : byId) {
      type.ledger().extend(slots);
      type.ledger().reinstate(fromSlot);
    }
  }

  /** Gives back the credit of owners that are gone. */
  synchronized void retire(int fromSlot) {
    byId.forEach(type -> type.ledger().retire(fromSlot));
  }

  List<MallocType> all() {
    return new ArrayList<>(byId);
  }

  String name(int id) {
    return id >= 0 && id < byId.size() ? byId.get(id).name() : "unknown #" + id;
  }
}
