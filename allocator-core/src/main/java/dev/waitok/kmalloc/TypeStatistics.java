package dev.waitok.kmalloc;

import org.jspecify.annotations.Nullable;

/**
 * What one type has used.
 *
 * @param name the type's name
 * @param group the name of the group that it is in, or null
 * @param limit the most bytes it may use
 * @param reservation the bytes that are kept for it within the group's limit
 * @param inUse live blocks
 * @param bytes bytes of the live blocks, by the size of the blocks that serve them
 * @param peakBytes the most bytes so far; may be high by up to one batch for each cpu and stripe
 * @param requests requests so far
 * @param failures requests that got null or {@link LimitReachedException}
 * @param waits requests that waited
 * @param switchAways times a request switched away
 */
public record TypeStatistics(
    String name,
    @Nullable String group,
    long limit,
    long reservation,
    long inUse,
    long bytes,
    long peakBytes,
    long requests,
    long failures,
    long waits,
    long switchAways) {}
