package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Makes runs of pages on purpose, for those whom nothing that is freed serves by itself. */
final class Clearing {
  /*
   * 1 Problem. Under a stream of small blocks that wants more than there is, blocks go from hand to
   *   hand inside their zones. No zone ever becomes empty, no page FREE, and whoever needs pages
   *   waits for as long as the stream lasts.
   *
   * 2 Vocabulary. A *window* is a run of pages that is being cleared for one request in line, its
   *   *owner*. A zone with a page in it is *withdrawn*: on no list of blocks, like a full one. The FREE
   *   pages inside are *kept*.
   *
   * 3 For whom. The first in line that no block serves, after 10 ms; if there is none, the first one
   *   whom no block has served for a second: newcomers may have taken all that were freed. Those
   *   before the owner in line use the window's blocks and pages too (5), out of every newcomer's
   *   reach. One window at a time, so the others have the rest of the arena.
   *
   * 4 Life of a window.
   *     none   -> open    // chosen: the fewest live blocks, then the fewest contents (WindowChoice)
   *     open   -> open    // its zones are withdrawn, its contents reclaimed or written out; a zone
   *                       // that is made inside is withdrawn from birth, but for its first block
   *     open   -> stale   // its owner was granted its run, or left; or nothing in it has gone for a
   *                       // second, and what was in the way is remembered
   *     stale  -> none    // its zones are on their owners' lists again
   *   Where the run is complete but its pages are owed to the reserves, a longer window is chosen.
   *
   * 5 Who may use what is kept or withdrawn (Admission.lets): the owner, and all whom freed pages are
   *   never kept against: preemptors, the no-wait family, callers of a deeper floor, those before
   *   it in line; and, after a second without a page, any smaller request. So a window never
   *   refuses anybody, and what it makes wait it makes wait for a second at most when nothing comes.
   *
   * 6 Ownership. Pageout's thread, or the emergency thread, opens windows, withdraws and restores; one
   *   of them at a time, and the other goes by. Who has the page queues' lock closes one. A zone is withdrawn and restored
   *   in its owner's section. Zones that are made while a window opens are seen by one of the two:
   *   the maker writes the page's zone and then reads the window, the other way round here.
   *
   * 7 Invariants. PageTable I11; a zone's Z3. Nobody but `restore` puts a withdrawn zone on a list.
   *
   * 8 Costs. A look at every page of the arena for each window. While one is open, the free
   *   blocks of its zones are of no use to the stream.
   *
   * 9 References. The kernels' compaction moves what is in the way (M. Gorman, "Memory compaction",
   *   2010). Blocks cannot be moved; so who is in the way is waited for, and not replaced.
   */

  /** After so long a request that no block serves has a window made: 10 ms. */
  static final long PATIENCE_NANOS = 10_000_000L;

  /** After so long one that a block would serve has, too: 1 s. */
  static final long BLOCK_PATIENCE_NANOS = 1_000_000_000L;

  /** A window in which nothing has gone for so long is given up: 1 s. */
  static final long STUCK_NANOS = 1_000_000_000L;

  /** What became idle in an open window is looked for so often: 100 ms. */
  private static final long LOOK_NANOS = 100_000_000L;

  private static final long NEVER = Long.MAX_VALUE;

  private final PageQueues queues;
  private final CacheReclaim reclaim;
  private final Tenants tenants;
  private final Callers callers;
  private final WindowChoice choice;
  private final AtomicBoolean looking = new AtomicBoolean();
  private @Nullable PageRequest lastOwner;
  private long lowestCost;
  private long loweredAt;
  private long lookedAt;

  Clearing(PageQueues queues, CacheReclaim reclaim, Tenants tenants, Callers callers) {
    this.queues = queues;
    this.reclaim = reclaim;
    this.tenants = tenants;
    this.callers = callers;
    this.choice = new WindowChoice(queues, tenants);
    this.lookedAt = callers.base().nanoTime() - PATIENCE_NANOS;
  }

  /** Whether there is something to do, whoever waits. */
  boolean isUnderWay() {
    return queues.windowSpan() != Window.NONE || queues.windowIsStale();
  }

  /** How long there is nothing to do here, if nobody calls. */
  long nanosToNextLook() {
    return isUnderWay() ? LOOK_NANOS : queues.patienceLeft(callers.base().nanoTime());
  }

  /**
   * Goes on with the window that is open, or opens one if somebody needs it.
   *
   * @param launders whether contents may be written out
   */
  void look(boolean launders) {
    if (looking.compareAndSet(false, true)) {
      try {
        lookAlone(launders);
      } finally {
        looking.set(false);
      }
    }
  }

  private void lookAlone(boolean launders) {
    restore();
    long now = callers.base().nanoTime();
    long span = queues.windowSpan();
    if (span != Window.NONE) {
      goOn(PageQueues.firstOf(span), PageQueues.lengthOf(span), now, launders);
    } else if (now - lookedAt >= PATIENCE_NANOS) {
      lookedAt = now;
      open(now, launders);
    }
  }

  private void restore() {
    if (queues.windowIsStale()) {
      queues.windowRestored();
      tenants.restore();
    }
  }

  private void open(long now, boolean launders) {
    PageRequest owner = queues.whoNeedsPages(now);
    if (owner == null) {
      return;
    }
    if (!Objects.equals(owner, lastOwner)) {
      lastOwner = owner;
      choice.forgive();
    }
    int phase = queues.phase(owner.align);
    boolean lacksNumber = queues.lacksNumber(owner);
    int n = 0;
    int from = -1;
    for (int length = owner.pages; length > n && length <= queues.pages(); ) {
      n = length;
      from = choice.cheapest(n, owner.align, phase, lacksNumber);
      length = from < 0 ? n : owner.pages + queues.owedToReserves(owner, from, n);
    }
    if (from >= 0 && queues.openWindow(owner, from, n)) {
      lowestCost = NEVER;
      loweredAt = now;
      press(from, n, launders);
    }
  }

  private void goOn(int from, int n, long now, boolean launders) {
    long cost = choice.cost(from, n);
    if (cost < lowestCost) {
      lowestCost = cost;
      loweredAt = now;
    }
    if (cost == 0 || now - loweredAt >= STUCK_NANOS) {
      choice.strike(from, n);
      queues.closeWindow();
      restore();
      open(now, launders);
    } else {
      press(from, n, launders);
    }
  }

  /** Takes zones off their owners, and contents off their pages, as far as that goes now. */
  private void press(int from, int n, boolean launders) {
    tenants.withdraw(from, n);
    for (int page = from; page < from + n; page++) {
      byte state = queues.stateHint(page);
      if (state == PageState.INACTIVE || state == PageState.ACTIVE) {
        if (queues.isDirty(page)) {
          PageHome home = launders ? queues.homeOf(page) : null;
          boolean _ = home != null && home.launder(page);
        } else {
          queues.cacheNow(page);
        }
        state = queues.stateHint(page);
      }
      if (state == PageState.CACHE) {
        boolean _ = reclaim.toFree(page);
      }
    }
  }
}
