package dev.waitok.lwkt;

/**
 * What an {@link IoSource} has counted.
 *
 * @param channels registered and not closed, as far as was noticed
 * @param events channels seen to be ready or closed, so far
 * @param backlog of these, how many the cpu has not served yet
 * @param mostBacklog the largest backlog so far
 * @param medianNanos from the selector's look to the handler: the median, an eighth too high at
 *     most
 * @param p99Nanos the same: the 99th percentile
 * @param longestNanos the same: the longest so far
 */
public record IoStatistics(
    int channels,
    long events,
    long backlog,
    long mostBacklog,
    long medianNanos,
    long p99Nanos,
    long longestNanos) {}
