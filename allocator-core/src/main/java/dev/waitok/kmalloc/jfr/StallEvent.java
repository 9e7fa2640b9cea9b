package dev.waitok.kmalloc.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Requests wait and nothing has been freed for the stall time. The report says who has the memory.
 */
@Name("dev.waitok.MemoryStall")
@Label("kmalloc stalls")
@Description(
    "Requests wait and nothing has been freed for the stall time. The report says who has the memory.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@StackTrace(false)
public final class StallEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final StallEvent ASKED = new StallEvent();

  /** How many wait. */
  @Label("Waiting")
  public int waiting;

  /** Who has the memory and who waits. */
  @Label("Report")
  public @Nullable String report;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
