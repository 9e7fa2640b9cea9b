package dev.waitok.benchmarks.workload;

/** One thread's view of a round: when it is over, and how much has been done. */
public final class Meter {
  private final long end;
  private long operations;

  Meter(long end) {
    this.end = end;
  }

  /** Counts what was just done; false when the round's time is over. */
  boolean goesOn(long done) {
    operations += done;
    return System.nanoTime() - end < 0;
  }

  long operations() {
    return operations;
  }
}
