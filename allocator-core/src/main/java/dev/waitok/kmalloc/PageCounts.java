package dev.waitok.kmalloc;

/**
 * How many pages are in each state at one moment. The states add up to the total.
 *
 * @param pageSize in bytes
 * @param total all pages of the arena
 * @param free belong to nobody
 * @param cache clean, unused, reclaimable at once
 * @param inactive hold an object's contents, not used lately
 * @param active hold an object's contents, used lately
 * @param hold pinned by somebody
 * @param wired blocks, and pages being read
 */
public record PageCounts(
    long pageSize, int total, int free, int cache, int inactive, int active, int hold, int wired) {}
