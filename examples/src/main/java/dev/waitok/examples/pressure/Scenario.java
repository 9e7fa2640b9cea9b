package dev.waitok.examples.pressure;

/** A part of a promise, tried with an allocator of its own. */
@FunctionalInterface
interface Scenario {
  /** A page's size in all scenarios. */
  int PAGE = 4096;

  /** A mebibyte. */
  long MIB = 1 << 20;

  /**
   * Tries it.
   *
   * @param figures where to put what is measured
   */
  void run(Figures figures) throws Exception;

  /** Seconds since a time of the system's clock. */
  static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }
}
