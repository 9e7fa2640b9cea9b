package dev.waitok.lwkt.sched;

/**
 * What a thread holds only while it runs: dropped by every block and switch, taken again before it
 * resumes. Tokens, seen from the scheduler.
 */
public interface Holdings {
  /** Lets go of everything held. On the thread's cpu; never blocks. */
  void drop();

  /** Lets go of everything and forgets it. On the thread's cpu; never blocks. */
  void abandon();

  /**
   * Takes everything again, or nothing. On the thread's cpu; never blocks.
   *
   * @return false if something is not to be had now; the cpu is told when it may be
   */
  boolean take();
}
