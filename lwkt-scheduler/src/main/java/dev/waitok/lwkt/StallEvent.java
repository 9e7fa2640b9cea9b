package dev.waitok.lwkt;

import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A thread keeps its cpu from others and cannot help it: told by the reporter's thread. */
@Name("dev.waitok.SchedulerStall")
@Label("LWKT stalls")
@Description("A thread is pinned, or blocks in Java code while it preempts or is in a section.")
@Category({"WAITOK", "LWKT"})
@StackTrace(false)
final class StallEvent extends Event {
  /** PINNED or BLOCKED_IN_JAVA. */
  @Label("Kind")
  @Nullable String kind;

  /** Whose cpu stands still. */
  @Label("Cpu")
  int cpu;

  /** The offender. */
  @Label("Thread")
  @Nullable String thread;

  /** Where the offender stands, a frame a line. */
  @Label("Stack")
  @Nullable String stack;

  static void commit(LwktEvent from) {
    if (from.kind() != LwktEvent.Kind.PINNED && from.kind() != LwktEvent.Kind.BLOCKED_IN_JAVA) {
      return;
    }
    StallEvent event = new StallEvent();
    if (event.isEnabled()) {
      event.kind = from.kind().name();
      event.cpu = from.cpu();
      event.thread = from.thread();
      event.stack = lines(from.stack());
      event.commit();
    }
  }

  static String lines(List<StackTraceElement> frames) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : frames) {
      text.append(frame).append('\n');
    }
    return text.toString();
  }
}
