package dev.waitok.lwkt;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A thread or a FAST interrupt had a cpu for a while. Written some tenths of a second later, by a
 * thread that no cpu waits for; off unless asked for.
 */
@Name("dev.waitok.Run")
@Label("LWKT ran")
@Description("A thread or a FAST interrupt had a cpu for a while; told a little later.")
@Category({"WAITOK", "LWKT"})
@Enabled(false)
@StackTrace(false)
final class RunEvent extends Event {
  @Label("Scheduler")
  @Nullable String scheduler;

  @Label("Cpu")
  int cpu;

  @Label("Thread")
  @Nullable String thread;

  @Label("Number of the thread")
  @Description("Tells threads of the same name apart")
  long number;

  @Label("Priority")
  int priority;

  @Label("Kind")
  @Description("runs, preempts (on top of another thread) or fast (a FAST interrupt)")
  @Nullable String kind;

  @Label("Began, in nanoseconds since 1970")
  @Description("Of one scheduler all by one clock; this event itself is later")
  long began;

  @Label("Ran for")
  @Timespan(Timespan.NANOSECONDS)
  long ran;

  @Label("Runs lost on this cpu so far")
  long lost;

  /** Whether a recording wants them. Makes no object that outlives the call. */
  static boolean isOn() {
    return new RunEvent().isEnabled();
  }
}
