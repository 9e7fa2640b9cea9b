package dev.waitok.kmalloc.cache;

/**
 * What a cache holds and has done.
 *
 * @param entries how many entries there are, about
 * @param bytes bytes of its blocks by their usable size, those that are only still being read
 *     included; exact while nobody calls
 * @param hits reads that found a value
 * @param misses reads that found none
 * @param evicted entries that gave way because of {@code maximumBytes}
 * @param reclaimed entries given back because memory was short, or the type at its limit
 * @param reclaimedBytes their bytes
 */
public record CacheStatistics(
    long entries,
    long bytes,
    long hits,
    long misses,
    long evicted,
    long reclaimed,
    long reclaimedBytes) {}
