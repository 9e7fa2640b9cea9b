package dev.waitok.kmalloc.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** How many pages each queue of an arena has, from time to time; off unless asked for. */
@Name("dev.waitok.Pages")
@Label("kmalloc pages")
@Description("How many pages of an arena are in each state, and how many requests wait.")
@Category({"WAITOK", "kmalloc"})
@Enabled(false)
@Period("20 ms")
@StackTrace(false)
public final class PagesEvent extends Event {
  @Label("Arena")
  @Description("A number of the allocator in this process")
  public int arena;

  @Label("FREE")
  public int free;

  @Label("CACHE")
  public int cache;

  @Label("INACTIVE")
  public int inactive;

  @Label("ACTIVE")
  public int active;

  @Label("HOLD")
  public int hold;

  @Label("WIRED")
  public int wired;

  @Label("Waiting requests")
  public int waiting;

  @Label("Pressure")
  public @Nullable String pressure;
}
