package dev.waitok.lwkt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody should hear about. Handed to the listener of {@link LwktBuilder#onEvent}
 * by a thread of its own, never by the one it happened to.
 *
 * @param kind what happened
 * @param cpu on which cpu
 * @param thread to which thread
 * @param message in words
 * @param thrown what was thrown, for {@link Kind#UNCAUGHT}
 * @param stack where the thread stood when the event was handed over, if it still stood there
 */
public record LwktEvent(
    Kind kind,
    int cpu,
    String thread,
    String message,
    @Nullable Throwable thrown,
    List<StackTraceElement> stack) {

  /** What can happen. */
  public enum Kind {
    /** A thread's body or a handler threw. */
    UNCAUGHT,
    /** A thread must leave its cpu and cannot; its cpu stands still. */
    PINNED,
    /** A thread blocked in Java code while it preempts or is in a critical section. */
    BLOCKED_IN_JAVA,
    /** A body or handler ended inside a section, or with a token. */
    UNBALANCED,
    /** A thread had not ended when the scheduler was closed. */
    LEFT_AT_CLOSE
  }

  /** Copies the stack. */
  public LwktEvent {
    stack = List.copyOf(stack);
  }
}
