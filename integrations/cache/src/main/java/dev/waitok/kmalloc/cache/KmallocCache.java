package dev.waitok.kmalloc.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.waitok.kmalloc.CannotBlockException;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocClosedException;
import dev.waitok.kmalloc.LimitReachedException;
import dev.waitok.kmalloc.Registration;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose values are off-heap blocks, and which gives the coldest of them back when memory is
 * short.
 *
 * <p>Caffeine decides what stays, by recency and frequency; keys are on the heap, values are blocks
 * of the {@link dev.waitok.kmalloc.MallocType} of the cache's name. Values do not change: {@code
 * put} copies one in. One that is replaced, removed or evicted while it is read stays valid for
 * those readers.
 *
 * <p>Any plain, virtual or LWKT thread may call. Calls take Java locks for moments, never while
 * they wait for memory; so no FAST interrupt and no hard section may call, and a key's {@code
 * equals} and {@code hashCode} must not use an allocator.
 *
 * @param <K> the keys, as a {@link java.util.HashMap} wants them
 */
public final class KmallocCache<K> implements AutoCloseable {
  /*
   * 1 Problem. Who waits for memory waits for this cache to give some back. So nobody may wait for
   *   memory, or be preempted by who does, while it holds a lock that giving back needs.
   *
   * 2 The rule. No call of the allocator is made inside Caffeine: put allocates and copies before,
   *   and what Caffeine lets go of (its listener runs under its locks) is listed in Dropped and freed
   *   after. Caffeine has no executor: its upkeep runs in callers, among them the reclaimer.
   *
   * 3 Giving back. The coldest values that nobody reads, until their bytes are enough. Removing is by
   *   identity, so a value put meanwhile under the same key stays.
   *
   * 4 Closing. closed is written before the entries are removed, and read after one is put: either
   *   close sees the entry, or put sees closed and removes it itself.
   *
   * 5 Invariant. I2: a value is in the map, in Dropped, borrowed, or freed; each that Caffeine lets
   *   go of is dropped once (Value I1).
   */
  private final Kmalloc kmalloc;
  private final String name;
  private final Blocks blocks;
  private final Dropped dropped = new Dropped();
  private final Cache<K, Value> values;
  private final Policy.Eviction<K, Value> policy;
  private final LongAdder reclaimed = new LongAdder();
  private final LongAdder reclaimedBytes = new LongAdder();
  private final Registration registration;
  private volatile boolean closed;

  KmallocCache(KmallocCacheBuilder builder) {
    this.kmalloc = builder.kmalloc;
    this.name = builder.name;
    this.blocks = new Blocks(kmalloc.type(name));
    this.values =
        Caffeine.newBuilder()
            .maximumWeight(builder.maximumBytes)
            .weigher((K key, Value value) -> value.weight())
            .executor(Runnable::run)
            .removalListener(
                (@Nullable K key, @Nullable Value value, RemovalCause cause) -> {
                  if (value != null) {
                    dropped.add(value);
                  }
                })
            .recordStats()
            .build();
    this.policy = values.policy().eviction().orElseThrow();
    // Freeing takes no memory: nothing is reserved.
    this.registration = kmalloc.reclaimer(name, builder.cost, 0, this::giveBackPages);
  }

  /**
   * A builder.
   *
   * @param kmalloc where the values live; close the cache before it
   * @param name of the values' type, whose limit holds for the cache too, and of the reclaimer
   * @return the builder
   */
  public static KmallocCacheBuilder builder(Kmalloc kmalloc, String name) {
    return new KmallocCacheBuilder(kmalloc, name);
  }

  /**
   * Keeps a copy of a value under a key, in place of one that is there. Waits for memory if need
   * be, as {@code kmalloc} with {@code M_WAITOK}, and may be served by what this very cache gives
   * back. At the type's limit the coldest entries give way.
   *
   * <p>The entry may be evicted at any time, at once if it is larger than {@code maximumBytes}.
   *
   * @param key the key
   * @param value copied; 1 GiB at most
   * @throws LimitReachedException if the type is at its limit and no entry can give way
   * @throws CannotBlockException if the caller may not block
   * @throws KmallocClosedException if the allocator is closed
   * @throws IllegalStateException if the cache is closed
   */
  public void put(K key, MemorySegment value) {
    requireOpen();
    while (true) {
      Value copy;
      try {
        copy = blocks.copyOf(value);
      } catch (LimitReachedException e) {
        if (evict(Math.max(1, value.byteSize())) == 0) {
          throw e;
        }
        continue;
      }
      keep(key, copy);
      return;
    }
  }

  /**
   * {@link #put(Object, MemorySegment)} of an array.
   *
   * @param key the key
   * @param value copied
   */
  public void put(K key, byte[] value) {
    put(key, MemorySegment.ofArray(value));
  }

  /**
   * {@link #put(Object, MemorySegment)} that does not wait for memory, as {@code tryKmalloc}: if
   * there is none at once, as many bytes of the coldest entries give way, and it tries once more.
   *
   * @param key the key
   * @param value copied; 1 GiB at most
   * @return false if there was no memory: what was there under the key is there still, unless it
   *     was among the coldest
   * @throws KmallocClosedException if the allocator is closed
   * @throws IllegalStateException if the cache is closed
   */
  public boolean tryPut(K key, MemorySegment value) {
    requireOpen();
    Value copy = blocks.tryCopyOf(value);
    if (copy == null && evict(Math.max(1, value.byteSize())) > 0) {
      copy = blocks.tryCopyOf(value);
    }
    if (copy != null) {
      keep(key, copy);
    }
    return copy != null;
  }

  /**
   * {@link #tryPut(Object, MemorySegment)} of an array.
   *
   * @param key the key
   * @param value copied
   * @return false if there was no memory
   */
  public boolean tryPut(K key, byte[] value) {
    return tryPut(key, MemorySegment.ofArray(value));
  }

  private void keep(K key, Value value) {
    try {
      values.put(key, value);
      if (closed) {
        boolean _ = values.asMap().remove(key, value);
        requireOpen();
      }
    } catch (Throwable e) {
      value.drop();
      throw e;
    } finally {
      dropped.dropAll();
    }
  }

  /**
   * Borrows a value: it stays valid until that is closed.
   *
   * @param key the key
   * @return the value to be closed, or null if there is none
   * @throws IllegalStateException if the cache is closed
   */
  public @Nullable Borrowed borrow(K key) {
    Value value = find(key);
    return value == null ? null : new Borrowed(value);
  }

  /**
   * Reads a value.
   *
   * @param key the key
   * @param reader called in this thread, if there is a value, with a read-only segment that is
   *     valid until it returns
   * @param <R> what the reader makes of it
   * @return what the reader gave, or null if there is no value
   * @throws IllegalStateException if the cache is closed
   */
  public <R> @Nullable R get(K key, Function<? super MemorySegment, ? extends @Nullable R> reader) {
    Value value = find(key);
    if (value == null) {
      return null;
    }
    try {
      return reader.apply(value.contents());
    } finally {
      value.giveBack();
    }
  }

  /** The borrowed value of a key, or null. */
  private @Nullable Value find(K key) {
    requireOpen();
    try {
      Value value = values.getIfPresent(key);
      // One that was dropped since is no longer in the map: the next look finds another or none.
      while (value != null && !value.borrow()) {
        value = values.getIfPresent(key);
      }
      return value;
    } finally {
      dropped.dropAll();
    }
  }

  /**
   * Removes a value.
   *
   * @param key the key
   * @return whether there was one
   * @throws IllegalStateException if the cache is closed
   */
  public boolean remove(K key) {
    requireOpen();
    try {
      return values.asMap().remove(key) != null;
    } finally {
      dropped.dropAll();
    }
  }

  /**
   * What the cache holds and has done.
   *
   * @return the figures, after a close too
   */
  public CacheStatistics statistics() {
    CacheStats stats = values.stats();
    return new CacheStatistics(
        values.estimatedSize(),
        blocks.bytes(),
        stats.hitCount(),
        stats.missCount(),
        stats.evictionCount(),
        reclaimed.sum(),
        reclaimedBytes.sum());
  }

  private int giveBackPages(int pages) {
    long pageSize = kmalloc.pages().pageSize();
    return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(evict(pages * pageSize), pageSize));
  }

  /**
   * Removes the coldest values that nobody reads; never waits for memory. Returns their bytes: 0 if
   * there was none, not if others were quicker.
   */
  long evict(long wanted) {
    long bytes = 0;
    try {
      List<Map.Entry<K, Value>> chosen;
      do {
        chosen = coldest(wanted);
        for (Map.Entry<K, Value> entry : chosen) {
          bytes += remove(entry.getKey(), entry.getValue());
        }
      } while (bytes == 0 && !chosen.isEmpty());
    } finally {
      dropped.dropAll();
    }
    return bytes;
  }

  private long remove(K key, Value value) {
    if (!values.asMap().remove(key, value)) {
      return 0;
    }
    reclaimed.increment();
    reclaimedBytes.add(value.usableSize());
    return value.weight();
  }

  private List<Map.Entry<K, Value>> coldest(long wanted) {
    return policy.coldest(
        stream -> {
          List<Map.Entry<K, Value>> chosen = new ArrayList<>();
          long bytes = 0;
          Iterator<Policy.CacheEntry<K, Value>> entries = stream.iterator();
          while (bytes < wanted && entries.hasNext()) {
            Policy.CacheEntry<K, Value> entry = entries.next();
            Value value = entry.getValue();
            if (!value.isBorrowed()) {
              chosen.add(entry);
              bytes += value.weight();
            }
          }
          return chosen;
        });
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed: " + name);
    }
  }

  /**
   * Removes all entries and frees their blocks; one that is being read is freed when its last
   * reader is done. Again does nothing. The allocator may be closed already.
   */
  @Override
  public void close() {
    closed = true;
    registration.close();
    try {
      values.invalidateAll();
      values.cleanUp();
    } finally {
      dropped.dropAll();
    }
  }

  @Override
  public String toString() {
    return "KmallocCache " + name + " " + statistics();
  }
}
