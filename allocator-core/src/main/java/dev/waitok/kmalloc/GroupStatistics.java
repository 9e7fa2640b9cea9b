package dev.waitok.kmalloc;

import org.jspecify.annotations.Nullable;

/**
 * What the types of one group have used together.
 *
 * @param name the group's name
 * @param parent the name of the group that it is in, or null
 * @param limit the most bytes they may use
 * @param reservation the bytes that are kept for it within its parent's limit
 * @param bytes bytes of their live blocks, by the size of the blocks
 * @param drawnBytes what counts against the limit now: what is used, what is reserved below it and
 *     not used, and up to a 64th of the limit for each cpu and stripe
 * @param peakBytes the most that ever counted against the limit
 */
public record GroupStatistics(
    String name,
    @Nullable String parent,
    long limit,
    long reservation,
    long bytes,
    long drawnBytes,
    long peakBytes) {}
