package dev.waitok.examples.replay;

/**
 * The figures of one trace's replay.
 *
 * @param file the trace's name
 * @param threads the kind of threads
 * @param dispatch how they were dispatched, "none" where the JVM does it
 * @param events events of the trace
 * @param livePeak the peak sum of the sizes asked for, in bytes
 * @param retainedPeak the peak of all pages that are neither FREE nor CACHE, in bytes
 * @param nsPerOp time of one event without patterns
 * @param corruption blocks that did not hold what was written
 * @param leaks blocks that the allocator still counts when all are freed
 */
record ReplayRun(
    String file,
    String threads,
    String dispatch,
    int events,
    long livePeak,
    long retainedPeak,
    double nsPerOp,
    long corruption,
    long leaks) {}
