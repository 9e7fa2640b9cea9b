package dev.waitok.lwkt.sched;

/**
 * Takes note of what somebody should hear about. Called from the middle of the scheduler: it never
 * blocks, never throws and never logs by itself.
 */
public interface Reports {
  /** A thread's body or an interrupt's handler threw. */
  void uncaught(Tcb thread, Throwable thrown);

  /** A thread cannot leave its cpu and waits in place. */
  void pinned(Tcb thread);

  /**
   * A thread blocked in Java code where others suffer: it preempts, or is in a critical section.
   */
  void blockedInJava(Tcb thread);

  /**
   * A handler or body ended with sections still entered.
   *
   * @param what names the section
   */
  void unbalanced(Tcb thread, String what);
}
