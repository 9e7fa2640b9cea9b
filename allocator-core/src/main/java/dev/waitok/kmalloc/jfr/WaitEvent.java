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

/** A request stood in line for memory and got it. */
@Name("dev.waitok.Wait")
@Label("kmalloc waited")
@Description("A request stood in line for memory and got it.")
@Category({"WAITOK", "kmalloc"})
@Enabled
@StackTrace
public final class WaitEvent extends Event {
  /** Which one is asked makes no difference; a new one would be garbage until C2 has seen it. */
  private static final WaitEvent ASKED = new WaitEvent();

  /** The type that asked. */
  @Label("Type")
  public @Nullable String type;

  /** The size of the block or run. */
  @Label("Bytes")
  @DataAmount
  public long bytes;

  /** How long it stood in line. */
  @Label("Waited")
  @Timespan
  public long waited;

  /** Whether a recording wants it. Makes no object. */
  public static boolean isOn() {
    return ASKED.isEnabled();
  }
}
