package dev.waitok.kmalloc.cache;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocClosedException;

/** Makes a {@link KmallocCache}. */
public final class KmallocCacheBuilder {
  final Kmalloc kmalloc;
  final String name;
  long maximumBytes = Long.MAX_VALUE;
  int cost = 1;

  KmallocCacheBuilder(Kmalloc kmalloc, String name) {
    this.kmalloc = kmalloc;
    this.name = name;
  }

  /**
   * The most that the cache keeps, by the usable size of its blocks. Without it only what memory
   * there is bounds the cache.
   *
   * @param bytes 1 or more
   * @return this
   */
  public KmallocCacheBuilder maximumBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("maximumBytes must be 1 or more: " + bytes);
    }
    maximumBytes = bytes;
    return this;
  }

  /**
   * What it costs to lose entries, for the order among reclaimers: who costs less is asked first. 1
   * if it is not set.
   *
   * @param units in any unit
   * @return this
   * @see Kmalloc#reclaimer
   */
  public KmallocCacheBuilder cost(int units) {
    cost = units;
    return this;
  }

  /**
   * Makes the cache and registers it as a reclaimer of the allocator.
   *
   * @param <K> the keys
   * @return an empty cache
   * @throws KmallocClosedException if the allocator is closed
   */
  public <K> KmallocCache<K> build() {
    return new KmallocCache<>(this);
  }
}
