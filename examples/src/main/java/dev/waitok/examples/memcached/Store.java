package dev.waitok.examples.memcached;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.LimitReachedException;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.Registration;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All items, by key. What was used least lately goes when the memory is used up, and when the
 * allocator wants some back. No memory is asked for and none is freed under a shard's lock.
 */
final class Store implements AutoCloseable {
  private static final int SHARDS = 16;
  private static final int RECLAIM_COST = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** This part of the memory may be under way to or from clients. */
  private static final int TRANSFER_PART = 4;

  private final MallocType type;
  private final long memory;
  private final long pageSize;
  private final LongSupplier clock;
  private final Shard[] shards = new Shard[SHARDS];
  private final Transfers transfers;
  private final AtomicLong charged = new AtomicLong();
  private final AtomicLong lastCas = new AtomicLong();
  private final LongAdder evictions = new LongAdder();
  private final Registration reclaimer;
  private volatile long flushAt = Long.MAX_VALUE;

  /**
   * An empty store.
   *
   * @param memory how many bytes items may have, with their keys and what they cost on the heap
   * @param clock milliseconds since 1970
   */
  Store(Kmalloc kmalloc, long memory, LongSupplier clock) {
    this.type = kmalloc.type("memcached-values", memory);
    this.memory = memory;
    this.transfers = new Transfers(memory / TRANSFER_PART);
    this.pageSize = kmalloc.pages().pageSize();
    this.clock = clock;
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
    reclaimer =
        kmalloc.reclaimer(
            "memcached", RECLAIM_COST, 0, pages -> (int) (evict(pages * pageSize) / pageSize));
  }

  /** What a change does to the item that is there, live, or null; on its own lock. */
  @FunctionalInterface
  interface Decision {
    boolean mayStore(@Nullable Item present);
  }

  long now() {
    return clock.getAsLong();
  }

  private Shard shardOf(Key key) {
    return shards[(key.hashCode() * 0x9E3779B9) >>> 28];
  }

  private boolean isDead(Item item, long now) {
    return item.isExpired(now) || (now >= flushAt && item.storedAt <= flushAt);
  }

  /** The live item of a key, held once for the caller; or null. */
  @Nullable Item get(Key key) {
    long now = now();
    Item dead;
    Shard shard = shardOf(key);
    synchronized (shard) {
      Item found = shard.get(key);
      if (found == null) {
        return null;
      }
      if (!isDead(found, now)) {
        found.retain();
        return found;
      }
      dead = shard.take(key);
    }
    releaseOf(dead);
    return null;
  }

  /**
   * An item with room for a value, held by its maker.
   *
   * @throws Refused if there is no memory though everything that can go has gone
   */
  Item newItem(Key key, int length, int flags, long expiresAt) {
    int charge = Item.OVERHEAD + key.length() + length;
    charge(charge);
    boolean made = false;
    try {
      MemorySegment value = length == 0 ? MemorySegment.NULL : block(length);
      made = true;
      return new Item(this, value, charge, flags, expiresAt, now());
    } finally {
      if (!made) {
        charged.addAndGet(-charge);
      }
    }
  }

  private void charge(long bytes) {
    for (long held = charged.get(); ; held = charged.get()) {
      if (held + bytes > memory) {
        if (evict(bytes) == 0) {
          throw Refused.noMemory();
        }
      } else if (charged.compareAndSet(held, held + bytes)) {
        return;
      }
    }
  }

  /** A block within the type's limit, which blocks reach before their lengths do. */
  private MemorySegment block(int length) {
    for (; ; ) {
      try {
        return type.kmalloc(length, PATIENCE);
      } catch (LimitReachedException e) {
        if (evict(Math.max(length, pageSize)) == 0) {
          throw Refused.noMemory();
        }
      } catch (KmallocTimeoutException e) {
        throw Refused.noMemory();
      }
    }
  }

  /** Frees an item that nobody holds any more. */
  void free(Item item) {
    if (item.length() > 0) {
      type.kfree(item.value);
    }
    charged.addAndGet(-item.charge());
  }

  /** The values on their way. */
  Transfers transfers() {
    return transfers;
  }

  /**
   * Stores an item if a decision allows it; what was there goes. The store takes the maker's hold
   * over if it does, else the maker keeps it.
   */
  boolean store(Key key, Item item, Decision decision) {
    long now = now();
    Item former;
    Shard shard = shardOf(key);
    synchronized (shard) {
      Item present = shard.get(key);
      Item live = present == null || isDead(present, now) ? null : present;
      if (!decision.mayStore(live)) {
        return false;
      }
      item.cas = lastCas.incrementAndGet();
      former = shard.put(key, item);
    }
    releaseOf(former);
    return true;
  }

  /** Removes a live item if a decision allows it. */
  boolean remove(Key key, Decision decision) {
    long now = now();
    Item former;
    boolean removed;
    Shard shard = shardOf(key);
    synchronized (shard) {
      Item present = shard.get(key);
      if (present == null) {
        return false;
      }
      boolean dead = isDead(present, now);
      removed = !dead && decision.mayStore(present);
      former = dead || removed ? shard.take(key) : null;
    }
    releaseOf(former);
    return removed;
  }

  private static void releaseOf(@Nullable Item item) {
    if (item != null) {
      item.release();
    }
  }

  /** From a time on, everything that was stored by then is gone. */
  void flushAt(long millis) {
    flushAt = millis;
    if (millis <= now()) {
      for (Shard shard : shards) {
        List<Item> all;
        synchronized (shard) {
          all = shard.takeAll();
        }
        all.forEach(Item::release);
      }
      flushAt = Long.MAX_VALUE;
    }
  }

  /** Lets the items go that were used least lately; how many bytes they were charged. */
  long evict(long bytes) {
    long gone = 0;
    while (gone < bytes) {
      Item victim = takeEldest();
      if (victim == null) {
        return gone;
      }
      gone += victim.charge();
      evictions.increment();
      victim.release();
    }
    return gone;
  }

  /** The item used least lately, to the clock's millisecond: one of the shards' eldest ones. */
  private @Nullable Item takeEldest() {
    Shard oldest = null;
    long usedAt = Long.MAX_VALUE;
    for (Shard shard : shards) {
      synchronized (shard) {
        Item eldest = shard.eldest();
        if (eldest != null && eldest.usedAt() < usedAt) {
          oldest = shard;
          usedAt = eldest.usedAt();
        }
      }
    }
    if (oldest == null) {
      return null;
    }
    synchronized (oldest) {
      return oldest.takeEldest();
    }
  }

  long evictions() {
    return evictions.sum();
  }

  long items() {
    long items = 0;
    for (Shard shard : shards) {
      synchronized (shard) {
        items += shard.size();
      }
    }
    return items;
  }

  /** What all items are charged, those that are only held by clients included. */
  long bytes() {
    return charged.get();
  }

  long limit() {
    return memory;
  }

  @Override
  public void close() {
    reclaimer.close();
    flushAt(0);
  }
}
