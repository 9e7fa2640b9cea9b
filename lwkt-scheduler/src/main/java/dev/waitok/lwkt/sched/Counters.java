package dev.waitok.lwkt.sched;

/** What a cpu counts. Written on the cpu; others read a value that may be a little old. */
public final class Counters {
  long switches;
  long preemptions;
  long fastRuns;
  long mustBlocks;
  long functions;

  Counters() {}

  /** Hand-overs from one thread to another, idle included. */
  public long switches() {
    return switches;
  }

  /** Preemptions by interrupt threads. */
  public long preemptions() {
    return preemptions;
  }

  /** Runs of FAST interrupts on top of another thread. */
  public long fastRuns() {
    return fastRuns;
  }

  /** Calls that a FAST interrupt was refused because they would have waited. */
  public long mustBlocks() {
    return mustBlocks;
  }

  /** IPI functions run. */
  public long functions() {
    return functions;
  }
}
