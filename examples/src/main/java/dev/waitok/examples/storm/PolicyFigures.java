package dev.waitok.examples.storm;

/**
 * The figures of one policy.
 *
 * @param policy its name
 * @param requests how many requests there were
 * @param dropped those that got no memory and were lost
 * @param switchedAway those that preempted when they asked and did not when they had their memory
 * @param servedAfterSwitch those of them that reached the consumer
 * @param reclaimedPages CACHE pages that callers took
 * @param lowestFree the fewest FREE pages at any time
 * @param droppedWithCache drops while there were CACHE pages
 * @param p50Ns the median of the times from due to memory in hand, without the dropped ones
 * @param p99Ns their 99th percentile
 * @param p999Ns their 99.9th percentile
 * @param maxNs the longest of them
 * @param corruption blocks and pages that did not hold what belongs there
 * @param leaks blocks and pages that the allocator still counts at the end
 */
record PolicyFigures(
    String policy,
    int requests,
    long dropped,
    long switchedAway,
    long servedAfterSwitch,
    long reclaimedPages,
    long lowestFree,
    long droppedWithCache,
    long p50Ns,
    long p99Ns,
    long p999Ns,
    long maxNs,
    long corruption,
    long leaks) {}
