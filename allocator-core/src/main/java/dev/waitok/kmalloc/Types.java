package dev.waitok.kmalloc;

import dev.waitok.kmalloc.slab.Budget;
import dev.waitok.kmalloc.slab.Slabs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of one allocator, by name and by number. */
final class Types {
  /** A block records its type in 15 bits. */
  private static final int MOST = 1 << 15;

  private final Function<String, Calls> calls;
  private final Slabs slabs;
  private final ConcurrentMap<String, MallocType> byName = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, MallocGroup> groups = new ConcurrentHashMap<>();
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

  /** The type of a name, in whatever group it is. */
  MallocType get(String name, long limit) {
    MallocType existing = byName.get(name);
    return existing != null ? existing : make(name, limit, null);
  }

  /** The type of a name in a group. */
  MallocType get(String name, long limit, MallocGroup group) {
    MallocType type = make(name, limit, group);
    if (type.group() != group) {
      throw Failures.otherGroup("type", name, type.group(), group);
    }
    return type;
  }

  /** The group of a name, in whatever group that is; or in a group. */
  synchronized MallocGroup group(Kmalloc kmalloc, String name, @Nullable MallocGroup parent) {
    MallocGroup group =
        groups.computeIfAbsent(name, n -> new MallocGroup(kmalloc, this, n, parent));
    if (parent != null && group.parent() != parent) {
      throw Failures.otherGroup("group", name, group.parent(), parent);
    }
    return group;
  }

  private synchronized MallocType make(String name, long limit, @Nullable MallocGroup group) {
    MallocType existing = byName.get(name);
    if (existing != null) {
      return existing;
    }
    if (byId.size() == MOST) {
      throw new IllegalStateException("an allocator has " + MOST + " types at most: " + name);
    }
    Budget budget = new Budget(group == null ? null : group.budget(), limit);
    MallocType type =
        new MallocType(calls.apply(name), slabs.newLedger(name, byId.size(), budget), group);
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

  /** All groups, by name. */
  List<MallocGroup> groups() {
    return groups.values().stream().sorted(Comparator.comparing(MallocGroup::name)).toList();
  }

  String name(int id) {
    return id >= 0 && id < byId.size() ? byId.get(id).name() : "unknown #" + id;
  }
}
