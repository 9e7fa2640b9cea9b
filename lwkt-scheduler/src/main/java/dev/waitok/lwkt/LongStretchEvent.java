package dev.waitok.lwkt;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A thread did not reach a preemption point for long: interrupts wait meanwhile. */
@Name("dev.waitok.LongStretch")
@Label("LWKT: no preemption point")
@Description("A thread is in a critical section, or polls nothing, for 20 ms or more.")
@Category({"WAITOK", "LWKT"})
@StackTrace(false)
final class LongStretchEvent extends Event {
  /** Whose interrupts wait. */
  @Label("Cpu")
  int cpu;

  /** The offender. */
  @Label("Thread")
  @Nullable String thread;

  /** Whether it seems to be in a critical section, rather than not to poll. */
  @Label("In a critical section")
  boolean critical;

  /** How long so far. */
  @Label("Stretch")
  @Timespan
  long stretch;

  /** Where the offender stands, a frame a line. */
  @Label("Stack")
  @Nullable String stack;

  static boolean isOn() {
    return new LongStretchEvent().isEnabled();
  }
}
