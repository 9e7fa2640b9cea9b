package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The decision: what an attempt at pages may take, and what follows when it finds none. */
public final class PageSupply {
  /*
   * 1 Problem. Code that interrupted somebody must not touch CACHE pages, since the interrupted code
   *   may hold their object half-changed, and must not wait, since it waits on top of somebody. But
   *   it can switch away, and then it has interrupted nobody.
   *
   * 2 Vocabulary. An *attempt* looks at the caller's zones, then at pages. A caller is *preempting*
   *   while it runs on top of somebody. It *switches away* when it gives the cpu back to that one and
   *   goes on later as an ordinary thread.
   *
   * 3 The table, one line an attempt (F is the number of FREE pages):
   *
   *     preempting                 F to the last page, never CACHE     none: switch away, or null
   *     has switched away          F to the last page, then CACHE      none: wait
   *     ordinary, may wait         F to its floor, then CACHE          none: wait
   *     ordinary, no wait          F to its floor, never CACHE         none: null
   *
   * 4 Life of a request. Decide; attempt; on failure wake pageout and
   *     - return null, if the caller does not wait;
   *     - switch away, if it preempts, and begin again: DECIDE ANEW. It may take CACHE now;
   *     - else stand in line, call in what other owners keep, attempt again, sleep, begin again.
   *
   * 5 Ownership and memory order. One thread runs one request. Its place in line is guarded by the
   *   queues' lock: from `beginAttempt` on every event that could serve it leaves a wake-up with its
   *   sleeper, and maybe a run of pages, so there is no window between the last look and the sleep.
   *
   * 6 Invariants. A preempting attempt has `mayReclaim` false (asserted in CacheReclaim). A request
   *   that waits ends with memory, with CLOSED, or with an exception of the context. The floor never
   *   rises within a call. Nobody sleeps in line while the queues would admit it (PageQueues I6).
   *
   * 7 Costs. An attempt that is served costs one pass over the queues' lock. A waiter costs nothing
   *   until it is woken, or every second, when it looks whether to lift the hold.
   *
   * 8 References. M. Dillon, "M_NOWAIT NOGOOD" (2004). DragonFly BSD decides once, before the loop,
   *   since 2011: PageClassPolicy.ONCE does the same, to show the difference.
   */

  /** A preemptor that cannot switch is given up on after this long: 10 s. */
  public static final long PINNED_NANOS = 10_000_000_000L;

  /** The answer for a preempting caller that was pinned to its carrier for too long. */
  public static final long PINNED = -4;

  private final PageQueues queues;
  private final CacheReclaim reclaim;
  private final Pageout pageout;
  private final Callers callers;
  private final boolean decideEachAttempt;
  private volatile long recheckNanos = 1_000_000_000L;
  private volatile boolean closed;

  /** Who is told that somebody stands in line. Set before the first request. */
  private Runnable whenInLine = () -> {};

  /** Says of an attempt whether it shall find nothing; null but in tests. */
  private volatile @Nullable BooleanSupplier fault;

  /**
   * A supply over the queues.
   *
   * @param decideEachAttempt false decides once a call, as DragonFly does since 2011
   */
  public PageSupply(
      PageQueues queues, Pageout pageout, Callers callers, boolean decideEachAttempt) {
    this.queues = queues;
    this.reclaim = pageout.reclaim();
    this.pageout = pageout;
    this.callers = callers;
    this.decideEachAttempt = decideEachAttempt;
  }

  /** The queues behind the supply. */
  public PageQueues queues() {
    return queues;
  }

  /**
   * Runs a request to its end.
   *
   * @return what its attempt returned; or {@link PageRequest#NONE} for the no-wait family, {@link
   *     PageRequest#CLOSED} or {@link #PINNED}
   */
  public long obtain(PageRequest request) {
    Caller caller = callers.caller();
    boolean decided = false;
    boolean switched = false;
    long pinnedSince = 0;
    try {
      while (!closed) {
        boolean preempting = caller.preempting();
        if (!decided || decideEachAttempt) {
          decide(request, preempting, switched);
          decided = true;
        }
        request.standsInLine = request.waits && !preempting;
        long result =
            fault != null && (preempting || !request.waits) && faulted()
                ? PageRequest.NONE
                : attempt(request, caller);
        if (result != PageRequest.NONE) {
          request.decided(request.source, preempting);
          return result;
        }
        pageout.wake();
        if (!request.waits) {
          queues.refusals().increment();
          request.decided(Outcome.NULL, preempting);
          return PageRequest.NONE;
        }
        if (preempting) {
          if (pinnedSince == 0) {
            request.decided(Outcome.SWITCH, true);
          }
          if (!request.switched) {
            request.switched = true;
            request.switchedAt = callers.base().nanoTime();
          }
          if (caller.switchAway()) {
            switched = true;
            if (caller.preempting()) {
              throw new AssertionError("the caller switched away and still preempts");
            }
          } else if (pinnedSince == 0) {
            pinnedSince = callers.base().nanoTime() | 1;
          } else if (callers.base().nanoTime() - pinnedSince > PINNED_NANOS) {
            return PINNED;
          }
        } else if (request.sleeper == null) {
          standInLine(request, caller.newSleeper());
          request.callIn();
        } else {
          request.decided(Outcome.WAIT, false);
          if (request.stalled) {
            return PageRequest.STALLED;
          }
          long left = timeLeft(request);
          if (left <= 0) {
            return PageRequest.TIMED_OUT;
          }
          if (sleep(request, left)) {
            return PageRequest.INTERRUPTED;
          }
        }
      }
      return PageRequest.CLOSED;
    } finally {
      if (request.sleeper != null) {
        leave(request);
      }
    }
  }

  /** Takes a request out of line, served or not. */
  void leave(PageRequest request) {
    queues.leave(request);
    if (queues.windowIsStale()) {
      pageout.wake(); // what was withdrawn for it goes back
    }
  }

  private boolean faulted() {
    BooleanSupplier asked = fault;
    return asked != null && asked.getAsBoolean();
  }

  /** Has attempts find nothing that may: of the no-wait family, and of callers that preempt. */
  public void fail(@Nullable BooleanSupplier when) {
    fault = when;
  }

  private static void decide(PageRequest request, boolean preempting, boolean switched) {
    boolean toLastPage = preempting || switched;
    request.floorLevel = toLastPage ? PageRequest.TO_LAST_PAGE : request.level;
    request.mayReclaim = !preempting && request.waits;
  }

  private long attempt(PageRequest request, Caller caller) {
    if (request.sleeper != null) {
      queues.beginAttempt(request);
    }
    request.servedFrom(Outcome.BLOCK);
    return request.attempt(caller);
  }

  /**
   * One attempt of a request for which nobody sleeps.
   *
   * @return what its attempt returned, {@link PageRequest#NONE} or {@link PageRequest#CLOSED}
   */
  long tryOnce(PageRequest request, Caller caller) {
    if (closed) {
      return PageRequest.CLOSED;
    }
    boolean preempting = caller.preempting();
    decide(request, preempting, false);
    request.standsInLine = !preempting;
    long result = attempt(request, caller);
    if (result == PageRequest.NONE && request.stalled) {
      return PageRequest.STALLED;
    }
    if (result == PageRequest.NONE) {
      pageout.wake();
      request.decided(Outcome.WAIT, preempting);
    } else {
      request.decided(request.source, preempting);
    }
    return result;
  }

  /** Puts a request into line, as an ordinary one; its sleeper is woken when it is to try again. */
  void standInLine(PageRequest request, Sleeper sleeper) {
    if (request.floorLevel != request.level && sleeper instanceof AsyncSupply.Ticket) {
      decide(request, false, false); // it preempted somebody when it asked, and does so no more
      request.standsInLine = true;
    }
    request.sleeper = sleeper;
    request.since = callers.base().nanoTime();
    queues.enqueue(request);
    whenInLine.run();
  }

  /** Has somebody told, on the thread that does so, when somebody stands in line. */
  public void whenInLine(Runnable told) {
    whenInLine = told;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether the arena has so many pages above the request's floor at all. */
  public boolean couldServe(PageRequest request, boolean preempting) {
    return queues.couldHold(
        request.pages, request.align, preempting ? PageRequest.TO_LAST_PAGE : request.level);
  }

  /** Bounds how long a request waits, from now on; {@link Long#MAX_VALUE} for no bound. */
  public void bound(PageRequest request, long nanos, boolean interruptible) {
    request.bounded = nanos != Long.MAX_VALUE;
    request.deadline = request.bounded ? callers.base().nanoTime() + nanos : 0;
    request.interruptible = interruptible;
  }

  private long timeLeft(PageRequest request) {
    return request.bounded ? request.deadline - callers.base().nanoTime() : Long.MAX_VALUE;
  }

  /** Sleeps for a while; true if that was interrupted and the request minds. */
  private boolean sleep(PageRequest request, long most) {
    Sleeper sleeper = Objects.requireNonNull(request.sleeper);
    long nanos = Math.min(recheckNanos, most);
    long before = queues.pagesCame();
    long from = callers.base().nanoTime();
    boolean interrupted = false;
    if (request.interruptible) {
      interrupted = sleeper.sleepInterruptibly(nanos);
    } else {
      sleeper.sleep(nanos);
    }
    if (queues.pagesCame() == before && callers.base().nanoTime() - from >= recheckNanos) {
      queues.liftHold(before);
    }
    return interrupted;
  }

  /**
   * Takes pages from FREE within an attempt.
   *
   * @param n how many in a row
   * @return the first page, or -1
   */
  public int takeFree(PageRequest request, int n) {
    int page = queues.takeFree(request, n);
    if (page >= 0) {
      request.servedFrom(Outcome.FREE);
      if (queues.belowMin()) {
        pageout.wake();
      }
    }
    return page;
  }

  /**
   * Takes the request's run within an attempt: from FREE, else from CACHE if the attempt may.
   *
   * @return the first page, or -1
   */
  public int take(PageRequest request, Caller caller) {
    int page = takeFree(request, request.pages);
    if (page < 0 && request.mayReclaim) {
      page = reclaim.take(request, caller);
      if (page >= 0) {
        request.servedFrom(Outcome.CACHE);
        pageout.wake();
      }
    }
    return page;
  }

  /** Sets after how long a waiter looks again by itself; {@link Long#MAX_VALUE} for never. */
  public void recheckEvery(long nanos) {
    recheckNanos = nanos;
  }

  /** Ends every wait, now and from now on, with {@link PageRequest#CLOSED}. */
  public void close() {
    closed = true;
    queues.close();
  }
}
