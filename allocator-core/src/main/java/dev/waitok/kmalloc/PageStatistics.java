package dev.waitok.kmalloc;

/**
 * What the page queues have seen.
 *
 * @param lowestFree the fewest FREE pages since the start or the last {@link Kmalloc#resetPeaks}
 * @param retainedPeak the most pages that were neither FREE nor CACHE since then
 * @param reclaimedPages CACHE pages that requests reclaimed for themselves, in all
 * @param waiting how many requests wait at the moment
 * @param idlePages pages of zones that hold no block at the moment
 * @param idleFreePages FREE pages with memory behind them, which is given back if it stays unused
 * @param givenBackPages FREE pages whose memory has been given back to the system, in all
 * @param lateDoubleFrees second frees that were found only when the block was drained or handed out
 */
public record PageStatistics(
    int lowestFree,
    int retainedPeak,
    long reclaimedPages,
    int waiting,
    int idlePages,
    int idleFreePages,
    long givenBackPages,
    long lateDoubleFrees) {}
