package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import org.jspecify.annotations.Nullable;

/**
 * One request that may need pages: what is asked, what the current attempt may do, and its place
 * among the waiters. Made on the way past the zones only, used by one thread, for one call.
 */
public abstract class PageRequest {
  /** The floors an ordinary caller may be held to; a lower number digs deeper. */
  public static final int TO_LAST_PAGE = 0;

  /** Down to the interrupt reserve I. */
  public static final int TO_INTERRUPT_RESERVE = 1;

  /** Down to the reserve R. */
  public static final int TO_RESERVE = 2;

  static final int LEVELS = 3;

  /** An attempt's answer: nothing to be had under the rules of this attempt. */
  public static final long NONE = -1;

  /** The answer of a request that met the end of its allocator. */
  public static final long CLOSED = -3;

  /** The answer of a request whose time was over. */
  public static final long TIMED_OUT = -7;

  /** The answer of a request whose thread was interrupted. */
  public static final long INTERRUPTED = -10;

  /** The answer of a request that was chosen to give up, since nothing came for long. */
  public static final long STALLED = -11;

  /** No block of any class serves this request, only pages do. */
  public static final int NO_CLASS = -1;

  /** How many pages in a row are needed at least. */
  final int pages;

  /** What the run's first page number must be a multiple of, a power of two in pages. */
  final int align;

  /** Which floor an ordinary caller is held to. */
  final int level;

  /** Whether the caller waits rather than gets {@link #NONE}. */
  final boolean waits;

  /** The size class whose freed block ends the wait, or {@link #NO_CLASS}. */
  final int blockClass;

  /** The owner of the zones in which such a block can be used. */
  final int zoneOwner;

  // What this attempt may do; written by PageSupply, read by PageQueues.
  int floorLevel;
  boolean mayReclaim;
  boolean standsInLine;

  /** Pages that this attempt made FREE to replace those it takes from below the floor. */
  int madeFree;

  /** What had happened when it planned where to reclaim; see {@code PageQueues.giveBack}. */
  long plannedAt;

  // How long it waits; written before the first attempt.
  boolean bounded;
  long deadline;
  boolean interruptible;

  /** When it stood in line, for reports. */
  long since;

  /** When it first switched away, and whether it did. */
  long switchedAt;

  boolean switched;

  /** Set when it was chosen to give up. */
  volatile boolean stalled;

  // Among the waiters; guarded by the page queues' lock.
  @Nullable Sleeper sleeper;
  @Nullable PageRequest next;
  @Nullable PageRequest previous;
  boolean waiting;
  boolean signalled;
  int waitLevel;
  long turn;

  /**
   * The first page of the run that is kept for it, out of the line; its owner takes it or leaves.
   */
  int granted = PageQueues.NO_PAGE;

  /** The next of those who are to be woken together. */
  @Nullable PageRequest nextWoken;

  /** Where the attempt's result came from. */
  Outcome source = Outcome.BLOCK;

  /**
   * A request.
   *
   * @param pages how many pages in a row at least
   * @param align what their first page must be a multiple of, in pages
   * @param level one of the floors above
   * @param waits false for the no-wait family
   * @param blockClass the size class that serves it too, or {@link #NO_CLASS}
   * @param zoneOwner the owner of the zones it may use
   */
  protected PageRequest(
      int pages, int align, int level, boolean waits, int blockClass, int zoneOwner) {
    this.pages = pages;
    this.align = align;
    this.level = level;
    this.waits = waits;
    this.blockClass = blockClass;
    this.zoneOwner = zoneOwner;
  }

  /**
   * Tries once, under the rules that hold for this attempt.
   *
   * @return what {@link PageSupply#obtain} shall return, or {@link #NONE}
   */
  protected abstract long attempt(Caller caller);

  /** Called with what became of one attempt, by the thread that made it, outside all locks. */
  protected abstract void decided(Outcome outcome, boolean preempting);

  /** Takes in what other owners have to give, before this request waits. */
  protected abstract void callIn();

  /** What was asked for, for reports. Any thread. */
  protected String describe() {
    return pages + " pages";
  }

  /** How long it has stood in line by now, -1 if it never did. By the thread whose it is. */
  public final long waited(long now) {
    return sleeper == null ? -1 : now - since;
  }

  /** How long ago it switched away, -1 if it never did. By the thread whose it is. */
  public final long away(long now) {
    return switched ? now - switchedAt : -1;
  }

  /** A run of this many pages anywhere would serve it: the measure of who asks for less. */
  final int need() {
    return pages + align - 1;
  }

  /** Whether its floor is this one. */
  protected final boolean isHeldTo(int floor) {
    return level == floor;
  }

  /** Notes where the attempt's result came from. */
  protected final void servedFrom(Outcome outcome) {
    source = outcome;
  }
}
