package dev.waitok.kmalloc.vm;

import org.jspecify.annotations.Nullable;

/**
 * Whom the pages that there are admit, and whose turn it is among those who wait. All of it is
 * guarded by the page queues' lock.
 */
final class Admission {
  /*
   * 1 The two tests. From FREE:     F - n >= floor, and FREE has a run of n.
   *                  With reclaim:  max(0, F - floor) + C >= n, and FREE with CACHE has a run of n.
   *   An attempt and a wait use the same two, so that nobody sleeps while it would be admitted.
   *
   * 2 Turns. Whoever waits stands in line, by floor and then by time. When pages come, each in turn
   *   who is admitted to FREE is *granted* its run there and then: it is out of the line, and those
   *   behind it are looked at. Were it only woken, the line would move by one for each switch of
   *   threads however many pages there are, and, as newcomers stand behind, would never end.
   *   The first one that needs reclaiming is *signalled*: it has to take the pages itself, since that
   *   needs locks. Its leaving is looked at again.
   *
   * 3 Who stands behind. A request keeps behind one before it that
   *     - lacks pages, if it would take from the number that one gathers;
   *     - is signalled, if it would take what that one and others signalled have a claim to, or might
   *       break the run that it needs.
   *   One that has the number and lacks only a run keeps nobody behind, so that fragmentation never
   *   stops the line. After a second without a page the hold is lifted for smaller requests.
   *
   * 4 A window (Clearing) has FREE pages that are found only by those it lets: `lets`. They count as
   *   FREE in every test.
   */
  private final PageTable table;
  private final Levels levels;
  private final long firstPageNumber;
  private final PageWaiters waiters;

  private boolean holdLifted;

  /** 0; or 1 for a wait that asks for more than the attempt does, to see that tests notice. */
  private int waitMargin;

  private boolean closed;

  Admission(PageTable table, Levels levels, long firstPageNumber, PageWaiters waiters) {
    this.table = table;
    this.levels = levels;
    this.firstPageNumber = firstPageNumber;
    this.waiters = waiters;
  }

  int floor(PageRequest request) {
    return levels.floor(request.floorLevel);
  }

  int phase(int align) {
    return (int) (firstPageNumber & (align - 1));
  }

  /** A run of FREE pages for a request, whatever the floors say, or -1. */
  int freeRun(PageRequest request, int n) {
    return table.findFree(n, request.align, phase(request.align), lets(request));
  }

  /** A run of FREE and CACHE pages for a request, whatever the floors say, or -1. */
  int reclaimableRun(PageRequest request) {
    return table.reclaimable.findAligned(request.pages, request.align, phase(request.align));
  }

  /** Whether a request may use what is kept in the window, or withdrawn for it. */
  @SuppressWarnings("ReferenceEquality") // a request is itself
  boolean lets(PageRequest request) {
    PageRequest owner = table.window.owner();
    if (owner == null || owner == request || !request.standsInLine) {
      return true;
    }
    int level = request.waiting ? request.waitLevel : request.floorLevel;
    return level < owner.waitLevel
        || (level == owner.waitLevel && request.waiting && request.turn < owner.turn)
        || (holdLifted && request.need() < owner.need());
  }

  /** Whom a window would serve, and nothing that there is; or null. */
  @Nullable PageRequest whoNeedsPages(long now) {
    PageRequest firstForBlock = null;
    for (PageRequest w = waiters.first(); w != null; w = waiters.after(w)) {
      boolean forBlock = w.blockClass != PageRequest.NO_CLASS;
      if ((!forBlock || firstForBlock == null)
          && patienceLeft(w, now) <= 0
          && !w.stalled
          && !admits(w)) {
        if (!forBlock) {
          return w;
        }
        firstForBlock = w;
      }
    }
    return firstForBlock;
  }

  /** Whether FREE has fewer pages than a request would need, in a row or not. */
  boolean lacksNumber(PageRequest request) {
    return table.count(PageState.FREE) - request.pages < floor(request);
  }

  /** How long it is until the first in line has waited long enough for a window. */
  long patienceLeft(long now) {
    long least = Long.MAX_VALUE;
    for (PageRequest w = waiters.first(); w != null; w = waiters.after(w)) {
      least = Math.min(least, Math.max(patienceLeft(w, now), Clearing.PATIENCE_NANOS));
    }
    return least;
  }

  private static long patienceLeft(PageRequest request, long now) {
    return request.since
        + (request.blockClass == PageRequest.NO_CLASS
            ? Clearing.PATIENCE_NANOS
            : Clearing.BLOCK_PATIENCE_NANOS)
        - now;
  }

  /** How many pages FREE lacks for a request beyond those that a window gives it. */
  int owedToReserves(PageRequest request, int from, int n) {
    int outside = table.count(PageState.FREE) - table.free.count(from, n);
    return Math.max(0, floor(request) - outside);
  }

  /** Ends the window of a request that has left the line. */
  @SuppressWarnings("ReferenceEquality") // a request is itself
  void closeWindowOf(PageRequest request) {
    if (table.window.owner() == request) {
      table.closeWindow();
    }
  }

  /** Makes every wait ask for so many pages more than its attempt; for tests of tests. */
  void waitMargin(int pages) {
    waitMargin = pages;
  }

  private boolean admitsFromFree(PageRequest request) {
    return table.count(PageState.FREE) - request.pages >= floor(request) + waitMargin
        && freeRun(request, request.pages) >= 0;
  }

  boolean admitsWithReclaim(PageRequest request) {
    int cached = table.count(PageState.CACHE);
    int above = Math.max(request.madeFree, table.count(PageState.FREE) - floor(request));
    return cached > 0 && above + cached >= request.pages && reclaimableRun(request) >= 0;
  }

  private boolean admits(PageRequest request) {
    return admitsFromFree(request) || (request.mayReclaim && admitsWithReclaim(request));
  }

  /** How many pages there are for a request above its floor, in a row or not. */
  private int available(PageRequest request) {
    return Math.max(0, table.count(PageState.FREE) - floor(request))
        + (request.mayReclaim ? table.count(PageState.CACHE) : 0);
  }

  /** Whether a request has to let somebody in line go first. */
  @SuppressWarnings("ReferenceEquality") // a request is itself
  boolean standsBehind(PageRequest request) {
    if (!request.standsInLine) {
      return false;
    }
    int level = request.waiting ? request.waitLevel : request.floorLevel;
    int claimed = 0;
    PageRequest ahead = waiters.first();
    while (ahead != null && ahead != request && ahead.waitLevel <= level) {
      if (!holdLifted || request.need() >= ahead.need()) {
        int left = available(ahead) - request.pages;
        if (admits(ahead)) {
          claimed += ahead.pages;
          if (left < claimed || ahead.need() > 1) {
            return true;
          }
        } else if (left < ahead.pages) {
          return true;
        }
      }
      ahead = waiters.after(ahead);
    }
    return false;
  }

  /** Lifts the hold for requests smaller than those before them, until pages come. */
  void liftHold() {
    holdLifted = true;
  }

  /** Pages came: the hold is in force again, and whoever they serve is served. */
  @Nullable PageRequest pagesCame() {
    holdLifted = false;
    return serve();
  }

  /** Nothing more will come. */
  @Nullable PageRequest close() {
    closed = true;
    return serve();
  }

  /**
   * Grants FREE pages to those whose turn it is, and signals the first one that has to reclaim.
   *
   * @return those to be woken, linked by {@code nextWoken}
   */
  @Nullable PageRequest serve() {
    return serveBut(null);
  }

  /** As {@link #serve}, but for one, to whom nothing has changed. */
  @Nullable PageRequest serveBut(@Nullable PageRequest except) {
    PageRequest firstWoken = null;
    PageRequest lastWoken = null;
    PageRequest next;
    while ((next = whoseTurn(except)) != null) {
      if (lastWoken == null) {
        firstWoken = next;
      } else {
        lastWoken.nextWoken = next;
      }
      next.nextWoken = null;
      lastWoken = next;
      if (closed || !admitsFromFree(next)) {
        next.signalled = true;
        break;
      }
      next.granted = freeRun(next, next.pages);
      table.wireFree(next.granted, next.pages);
      waiters.remove(next);
      closeWindowOf(next);
    }
    return firstWoken;
  }

  /**
   * The first in line that would be admitted: to FREE, or by reclaiming if it has not been
   * signalled yet; null if there is none, or if one before it still gathers pages.
   */
  @Nullable PageRequest whoseTurn() {
    return whoseTurn(null);
  }

  @SuppressWarnings("ReferenceEquality") // a request is itself
  private @Nullable PageRequest whoseTurn(@Nullable PageRequest except) {
    for (PageRequest w = waiters.first(); w != null; w = waiters.after(w)) {
      if (closed) {
        if (!w.signalled) {
          return w;
        }
      } else if (admitsFromFree(w)) {
        return standsBehind(w) ? null : w;
      } else if (w.mayReclaim && admitsWithReclaim(w)) {
        return w.signalled || w == except || standsBehind(w) ? null : w;
      } else if (available(w) <= w.pages) {
        return null;
      }
    }
    return null;
  }
}
