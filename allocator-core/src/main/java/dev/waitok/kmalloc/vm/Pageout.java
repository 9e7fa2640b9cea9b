package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.jfr.ReclaimEvent;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service thread that keeps FREE at its target and CACHE stocked behind it.
 *
 * <p>A pass calls in what the zones' owners keep idle, makes CACHE pages FREE until the target is
 * reached, and ages INACTIVE and ACTIVE pages into CACHE until that holds twice the target, or,
 * while somebody waits whom nothing serves yet, until nothing is left to age. It holds the page
 * lock for one page at a time.
 *
 * <p>It hands what needs I/O to other threads and waits for no lock. Should a pass be stuck all the
 * same, in a pager's or a log's code, for two seconds, an emergency thread makes passes in its
 * place that have nothing written out, until it goes on.
 */
public final class Pageout {
  private static final Logger LOG = LoggerFactory.getLogger(Pageout.class);

  private static final long TICK_NANOS = 1_000_000_000L;

  /** A pass that takes longer is taken over: 2 s. */
  static final long STUCK_NANOS = 2_000_000_000L;

  private final PageQueues queues;
  private final CacheReclaim reclaim;
  private final Callers callers;
  private final Runnable callInOwners;
  private final Clearing clearing;
  private final Reclaimers reclaimers;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile @Nullable Sleeper sleeper;
  private volatile @Nullable Sleeper closer;
  private final Service emergency;

  /** When the pass that is under way began; 0 if there is none. */
  private volatile long passSince;

  /** Whether the emergency thread has taken over. */
  private volatile boolean stuck;

  /** What the pageout thread runs at the beginning of each pass, for tests; or null. */
  private volatile @Nullable Runnable obstacle;

  private volatile boolean held;
  private volatile boolean closed;
  private volatile boolean ended;

  /**
   * A pageout thread, not yet started.
   *
   * @param callInOwners takes in idle zones and pending frees of all owners
   * @param tenants who has pages out in blocks
   */
  public Pageout(
      PageQueues queues,
      Callers callers,
      Runnable callInOwners,
      Tenants tenants,
      Reclaimers reclaimers) {
    this.queues = queues;
    this.reclaim = new CacheReclaim(queues);
    this.clearing = new Clearing(queues, reclaim, tenants, callers);
    this.callers = callers;
    this.callInOwners = callInOwners;
    this.reclaimers = reclaimers;
    this.emergency = new Service("kmalloc-emergency", callers, TICK_NANOS, asked -> takeOver());
  }

  CacheReclaim reclaim() {
    return reclaim;
  }

  /** Starts the thread. */
  public void start() {
    callers.base().startService("kmalloc-pageout", this::run);
    emergency.start();
  }

  /** Asks for a pass: one flag, and no call if one is asked for already. */
  public void wake() {
    if (stuck) {
      emergency.wake();
    }
    if (!wanted.get() && wanted.compareAndSet(false, true)) {
      Sleeper s = sleeper;
      if (s != null) {
        s.wake();
      }
    }
  }

  /** Whether a pass is asked for or under way. */
  boolean isUnderWay() {
    return wanted.get() || passSince != 0;
  }

  /** Holds pageout still, for tests that set a state. Returns when no pass is under way. */
  public synchronized void hold() {
    held = true;
  }

  /** Lets pageout run again. */
  public void resume() {
    held = false;
    wanted.set(false);
    wake();
  }

  /** Has the pageout thread, not the emergency thread, run this in each pass; null for nothing. */
  public void obstruct(@Nullable Runnable with) {
    obstacle = with;
  }

  /** Ends the thread; returns when it is gone. */
  public void close(Caller caller) {
    emergency.close(caller);
    Sleeper mine = caller.newSleeper();
    closer = mine;
    closed = true;
    Sleeper s = sleeper;
    if (s != null) {
      s.wake();
    }
    while (!ended) {
      mine.sleep(TICK_NANOS);
    }
  }

  private void run() {
    try {
      Sleeper mine = callers.caller().newSleeper();
      sleeper = mine;
      while (!closed) {
        if (!wanted.get()) {
          mine.sleep(Math.min(TICK_NANOS, clearing.nanosToNextLook()));
        }
        passAndLook();
      }
    } finally {
      ended = true;
      Sleeper waiting = closer;
      if (waiting != null) {
        waiting.wake();
      }
    }
  }

  /** One round; whatever it throws (memory for a log line, say) must not end the thread. */
  private void passAndLook() {
    try {
      passUnlessHeld(wanted.getAndSet(false));
    } catch (Throwable e) {
      LOG.error("a pass of the pageout thread failed; it goes on", e);
    }
  }

  private synchronized void passUnlessHeld(boolean asked) {
    if (!held && (asked || queues.belowMin() || queues.anyWaiting() || clearing.isUnderWay())) {
      passSince = callers.base().nanoTime() | 1;
      try {
        Runnable inTheWay = obstacle;
        if (inTheWay != null) {
          inTheWay.run();
        }
        recordedPass();
      } finally {
        passSince = 0;
        stuck = false;
      }
    }
  }

  private void recordedPass() {
    if (!ReclaimEvent.isOn()) {
      new Pass(true).run();
      return;
    }
    ReclaimEvent event = new ReclaimEvent();
    long before = queues.figures().reclaimedPages();
    event.begin();
    new Pass(true).run();
    event.end();
    event.who = "pageout";
    event.pages = queues.figures().reclaimedPages() - before;
    if (event.pages > 0) {
      event.commit();
    }
  }

  /** Makes a pass if the first thread has been in one for too long. */
  private void takeOver() {
    long since = passSince;
    long nanos = callers.base().nanoTime() - since;
    if (since == 0 || nanos < STUCK_NANOS || held) {
      return;
    }
    if (!stuck) {
      stuck = true;
      LOG.warn("pageout is stuck for {} ms; the emergency thread goes on", nanos / 1_000_000);
    }
    new Pass(false).run();
  }

  /** One pass; two threads may be in one each. */
  private final class Pass {
    private final boolean launders;
    private int refusals;

    Pass(boolean launders) {
      this.launders = launders;
    }

    void run() {
      Levels levels = queues.levels();
      callInOwners.run();
      while ((queues.count(PageState.FREE) < levels.target() || queues.unservedWaiterNeedsFree())
          && !closed) {
        // What leaves CACHE is replaced at once: requests that may wait reclaim from there
        // meanwhile.
        boolean aged = !stocked() && age();
        if (!reclaim.toFree() && !aged) {
          break;
        }
      }
      // Each page moves at most twice, so a pass that is outrun by readers still ends.
      for (int budget = 2 * queues.pages(); budget > 0 && !closed; budget--) {
        if ((stocked() && !queues.unservedWaiter()) || !age()) {
          break;
        }
      }
      clearing.look(launders);
      if (queues.shortfall() > 0) {
        reclaimers.wake();
      }
    }

    /**
     * Ages a page, or has one written out; false if there is nothing to be done now. Objects that
     * are busy or rest after an error are passed by, as often as there are pages.
     */
    private boolean age() {
      int page = queues.ageOne();
      if (page < 0) {
        return page == PageQueues.AGED;
      }
      PageHome home = queues.homeOf(page);
      return (launders && home != null && home.launder(page))
          || refusals++ < queues.count(PageState.INACTIVE)
          || queues.deactivateOne();
    }
  }

  private boolean stocked() {
    return queues.count(PageState.CACHE) >= 2 * queues.levels().target();
  }
}
