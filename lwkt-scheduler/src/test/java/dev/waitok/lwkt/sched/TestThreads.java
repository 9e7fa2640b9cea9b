package dev.waitok.lwkt.sched;

/** Threads that belong to no cpu, for tests of the parts. */
final class TestThreads {
  private TestThreads() {}

  @SuppressWarnings("NullAway") // nothing under test looks at the cpu
  static Tcb unbound(int priority) {
    return new Tcb("t", priority, null, "face");
  }
}
