package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;

/**
 * Takes CACHE pages away from their homes, for a request or for FREE.
 *
 * <p>A page is captured in four steps: look at it under the page lock; try its home's lock without
 * the page lock; look again under both, and take it; have the home forget it. A page whose home is
 * busy is passed over; the home's unlock then looks for waiters, so that nobody waits for ever for
 * that page. Only callers that preempt nobody come here.
 */
final class CacheReclaim {
  /** So often a run is tried whose pages others took or held: then waiting is better. */
  private static final int TRIES = 8;

  /** The answer for a run of which no CACHE page could be captured. */
  private static final int NONE_CAPTURED = -1;

  private final PageQueues queues;

  CacheReclaim(PageQueues queues) {
    this.queues = queues;
  }

  /**
   * Takes a request's run by reclaiming, if its attempt is admitted to it.
   *
   * @return the first page, now WIRED, or {@link PageQueues#NO_PAGE}
   */
  int take(PageRequest request, Caller caller) {
    if (caller.preempting()) {
      throw new AssertionError("a preempting caller reached CACHE");
    }
    request.madeFree = 0;
    int run = tryToTake(request, new boolean[request.pages]);
    request.madeFree = 0;
    return run;
  }

  private int tryToTake(PageRequest request, boolean[] taken) {
    int tries = 0;
    while (tries < TRIES) {
      int run = queues.planReclaim(request, taken);
      if (run == PageQueues.NO_PAGE) {
        return PageQueues.NO_PAGE;
      }
      if (run <= PageQueues.SPARE) {
        int spare = PageQueues.SPARE - run;
        if (capture(spare)) {
          queues.release(spare, 1);
          request.madeFree++;
        } else {
          tries++;
        }
      } else {
        int captured = captureRest(run, taken);
        if (captured >= 0) {
          queues.countReclaimed(captured);
          return run;
        }
        queues.giveBack(request, run, taken, captured < NONE_CAPTURED);
        tries++;
      }
    }
    return PageQueues.NO_PAGE;
  }

  /**
   * Makes the oldest CACHE page whose home is not busy FREE.
   *
   * @return false if none could be had
   */
  boolean toFree() {
    for (int tries = 0; tries < TRIES; tries++) {
      int page = queues.oldestCache();
      if (page == PageList.NONE) {
        return false;
      }
      if (capture(page)) {
        queues.release(page, 1);
        return true;
      }
    }
    return false;
  }

  /** Makes a CACHE page FREE; false if it is none any more, or its home is busy. */
  boolean toFree(int page) {
    boolean captured = capture(page);
    if (captured) {
      queues.release(page, 1);
    }
    return captured;
  }

  /** How many CACHE pages it captured; {@link #NONE_CAPTURED} less that if one is missing. */
  private int captureRest(int run, boolean[] taken) {
    int captured = 0;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i]) {
        if (!capture(run + i)) {
          return NONE_CAPTURED - captured;
        }
        taken[i] = true;
        captured++;
      }
    }
    return captured;
  }

  private boolean capture(int page) {
    PageHome home = queues.homeOfCache(page);
    if (home == null) {
      return false;
    }
    if (!home.tryLock()) {
      queues.passOver(page);
      return false;
    }
    try {
      int index = queues.indexOf(page);
      boolean wired = queues.wireCache(page, home);
      if (wired) {
        home.forget(index, page);
      }
      return wired;
    } finally {
      home.unlock();
    }
  }
}
