package dev.waitok.kmalloc.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A pass of pageout, or a run of a reclaimer, made pages FREE. */
@Name("dev.waitok.Reclaim")
@Label("kmalloc reclaimed")
@Description("A pass of pageout, or a run of a reclaimer, made pages FREE.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@StackTrace(false)
public final class ReclaimEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final ReclaimEvent ASKED = new ReclaimEvent();

  /** The reclaimer, or pageout. */
  @Label("Who")
  public @Nullable String who;

  /** How many pages. */
  @Label("Pages")
  public long pages;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
