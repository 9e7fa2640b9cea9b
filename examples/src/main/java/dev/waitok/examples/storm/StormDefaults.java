package dev.waitok.examples.storm;

import dev.waitok.examples.trace.Trace;

/**
 * The arena and the rate of a storm when the command line names none: derived from the two traces
 * alone, by one rule for all of them.
 */
final class StormDefaults {
  /** Of the live bytes of all copies of the load: what size classes and free blocks may cost. */
  private static final long ARENA_PER_LIVE_BYTE = 2;

  /** Blocks of the largest size for which there is room beside the load, as file pages mostly. */
  private static final long LARGEST_BLOCKS = 16;

  /**
   * File pages beside all that: 24 MiB. What piles up while the consumer gets no cpu for most of a
   * tenth of a second must not use up what can be reclaimed.
   */
  private static final long FILE_PAGES = 24 << 20;

  /**
   * What the requests of a storm ask for in a second, on the average: 256 MiB, 65 pages a
   * millisecond: FREE is empty when nobody can reclaim for two or three.
   */
  private static final double BYTES_A_SECOND = 256 << 20;

  /**
   * How many requests a second, on the average, at most: somewhat more than a cpu serves that does
   * nothing else, so that small requests pile up too.
   */
  private static final double REQUESTS_A_SECOND = 4_000_000;

  private final Trace load;
  private final Trace interrupts;
  private final int loads;

  StormDefaults(Trace load, Trace interrupts, int loads) {
    this.load = load;
    this.interrupts = interrupts;
    this.loads = loads;
  }

  /** The smallest arena in which the load and some of the largest requests fit at once. */
  long smallestArena() {
    return arena() / 2;
  }

  /** Room for all copies of the load, the largest requests, and file pages to reclaim. */
  long arena() {
    long largest = Math.max(load.largest(), interrupts.largest());
    return ARENA_PER_LIVE_BYTE * loads * load.livePeak() + LARGEST_BLOCKS * largest + FILE_PAGES;
  }

  /** So fast that the requests ask for so many bytes a second, but no more of them than can be. */
  double rate() {
    double recorded = Math.max(1, interrupts.duration()) / 1e6;
    double byBytes = BYTES_A_SECOND / Math.max(1, interrupts.requestedBytes());
    double byNumber = REQUESTS_A_SECOND / interrupts.requests();
    return recorded * Math.min(byBytes, byNumber);
  }
}
