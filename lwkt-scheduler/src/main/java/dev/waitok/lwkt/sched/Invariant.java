package dev.waitok.lwkt.sched;

import java.util.Locale;

/** What must always be true of a cpu. */
final class Invariant {
  private Invariant() {}

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  static void hold(boolean condition, String format, Object... arguments) {
    if (!condition) {
      throw new AssertionError(String.format(Locale.ROOT, format, arguments));
    }
  }

  /** Throws if one of I1 to I5, which Preemption lists, does not hold. On the cpu. */
  static void check(CpuScheduler cpu) {
    cpu.queue.check();
    Tcb running = cpu.current();
    hold(running.is(Tcb.State.RUNNING), "I1: current %s is %s", running, running.state());
    hold(!running.mayPreempt, "I4: %s runs and may preempt", running);
    Tcb caller = Tcb.current();
    hold(
        caller == null || caller.cpu != cpu || caller == running,
        "I1: %s is current, but does not run",
        running);
    Tcb preemptor = running;
    int depth = 0;
    for (Tcb victim = running.preempted; victim != null; victim = victim.preempted) {
      hold(victim.is(Tcb.State.PREEMPTED), "I2: %s is %s", victim, victim.state());
      hold(victim.priority < preemptor.priority, "I2: %s preempts %s", preemptor, victim);
      hold(++depth < RunQueue.LEVELS, "I2: a chain of %d", depth);
      preemptor = victim;
    }
    for (int level = 0; level < RunQueue.LEVELS; level++) {
      for (Tcb t = cpu.queue.head(level); t != null; t = cpu.queue.after(t)) {
        hold(t.preempted == null, "I5: %s waits and preempts", t);
      }
    }
  }
}
