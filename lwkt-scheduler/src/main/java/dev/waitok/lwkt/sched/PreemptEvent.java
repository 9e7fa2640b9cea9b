package dev.waitok.lwkt.sched;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * An interrupt thread ran on top of another one. Committed by the victim, when it has the cpu
 * again.
 */
@Name("dev.waitok.Preempt")
@Label("LWKT preempted")
@Description(
    "An interrupt thread ran on top of another thread; the duration is what that one lent.")
@Category({"WAITOK", "LWKT"})
@StackTrace(false)
final class PreemptEvent extends Event {
  /** On which cpu. */
  @Label("Cpu")
  int cpu;

  /** Who lent the cpu. */
  @Label("Victim")
  @Nullable String victim;

  /** Who ran. */
  @Label("Preemptor")
  @Nullable String preemptor;

  /** An event that begins now; null while no recording wants it, and then nothing is made. */
  static @Nullable PreemptEvent begun() {
    if (!new PreemptEvent().isEnabled()) {
      return null;
    }
    PreemptEvent event = new PreemptEvent();
    event.begin();
    return event;
  }

  void commit(Tcb lender, Tcb runner) {
    end();
    if (shouldCommit()) {
      cpu = lender.cpu().index();
      victim = lender.name();
      preemptor = runner.name();
      commit();
    }
  }
}
