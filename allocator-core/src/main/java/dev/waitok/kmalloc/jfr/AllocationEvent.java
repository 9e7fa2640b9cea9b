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
 * A request that its owner's zones did not serve at once: a new zone, a large run, reclaimed pages.
 * A sample of all by nature.
 */
@Name("dev.waitok.Allocation")
@Label("kmalloc past the zones")
@Description(
    "A request that its owner's zones did not serve at once: a new zone, a large run, reclaimed pages. A sample of all by nature.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@Throttle("100/s")
@StackTrace
public final class AllocationEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final AllocationEvent ASKED = new AllocationEvent();

  /** The type that asked. */
  @Label("Type")
  public @Nullable String type;

  /** The size of the block or run. */
  @Label("Bytes")
  @DataAmount
  public long bytes;

  /** BLOCK, FREE or CACHE. */
  @Label("From")
  public @Nullable String source;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
