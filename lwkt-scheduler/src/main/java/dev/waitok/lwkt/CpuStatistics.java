package dev.waitok.lwkt;

/**
 * What a cpu has counted since it was opened; read from elsewhere the numbers may be a little old.
 *
 * @param switches hand-overs from thread to thread, idle included
 * @param preemptions runs of interrupt threads on top of another thread
 * @param fastRuns runs of FAST interrupts on top of another thread
 * @param mustBlocks times a FAST interrupt would have had to wait
 * @param functions functions sent and timers that ran
 */
public record CpuStatistics(
    long switches, long preemptions, long fastRuns, long mustBlocks, long functions) {}
