package dev.waitok.kmalloc;

/**
 * What one type has used.
 *
 * @param name the type's name
 * @param limit the most bytes it may use
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
    long limit,
    long inUse,
    long bytes,
    long peakBytes,
    long requests,
    long failures,
    long waits,
    long switchAways) {}
