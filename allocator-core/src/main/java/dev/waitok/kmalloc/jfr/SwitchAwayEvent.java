package dev.waitok.kmalloc.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A caller that preempted somebody found no FREE page, gave the cpu back, and has its memory now.
 */
@Name("dev.waitok.SwitchAway")
@Label("kmalloc switched away")
@Description(
    "A caller that preempted somebody found no FREE page, gave the cpu back, and has its memory now.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@StackTrace
public final class SwitchAwayEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final SwitchAwayEvent ASKED = new SwitchAwayEvent();

  /** The type that asked. */
  @Label("Type")
  public @Nullable String type;

  /** The size of the block or run. */
  @Label("Bytes")
  @DataAmount
  public long bytes;

  /** From the switch until it had the memory. */
  @Label("Away")
  @Timespan
  public long away;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
