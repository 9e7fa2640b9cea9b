package dev.waitok.kmalloc.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * A request without wait got null, or one met its type's limit. Of callers that preempt it is told
 * within a second, without a stack.
 */
@Name("dev.waitok.Exhaustion")
@Label("kmalloc found no memory")
@Description(
    "A request without wait got null, or one met its type's limit. Of callers that preempt it is told within a second, without a stack.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@Throttle("100/s")
@StackTrace
public final class ExhaustionEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final ExhaustionEvent ASKED = new ExhaustionEvent();

  /** The type that asked. */
  @Label("Type")
  public @Nullable String type;

  /** The size of the block or run. */
  @Label("Bytes")
  @DataAmount
  public long bytes;

  /** Whether the type's limit was the reason, and not the page queues' floor. */
  @Label("At the limit")
  public boolean limit;

  /** Whether the caller preempted somebody. */
  @Label("Preempting")
  public boolean preempting;

  /** The calling thread, where the event's own is the one that tells. */
  @Label("Caller")
  public @Nullable String caller;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
