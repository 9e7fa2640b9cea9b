package dev.waitok.kmalloc.vm;

import java.util.Arrays;

/**
 * Where a run of pages is made with the least to wait for: the window in which the fewest blocks
 * and contents have to go. Pages that a clearing has waited for in vain cost more the next time.
 *
 * <p>Looks at every page once, without a lock; what it reads may be old by then, and costs time
 * only.
 */
final class WindowChoice {
  /** What a page costs by its state, in sixteenths of a block that somebody has to free. */
  private static final int CACHE = 1;

  private static final int INACTIVE = 2;
  private static final int ACTIVE = 4;
  private static final int HELD = 16;

  /** A page of a run, or on its way: one free, and nobody knows when. */
  private static final int WHOLE_RUN = 16;

  /**
   * A FREE page where another one has to be made for it: a page's worth of blocks of a page / 4.
   */
  private static final int FREE_THAT_IS_OWED = 64;

  /** As much as a zone full of small blocks, for each time that it was waited for in vain. */
  private static final int STRUCK = 1 << 12;

  /** Never, if there is any other place. */
  private static final int RESERVED = 1 << 24;

  private static final int MOST_STRIKES = 64;

  private final PageQueues queues;
  private final Tenants tenants;
  private final byte[] strikes;
  private boolean anyStrike;

  WindowChoice(PageQueues queues, Tenants tenants) {
    this.queues = queues;
    this.tenants = tenants;
    this.strikes = new byte[queues.pages()];
  }

  /** What has to go until all of a window is FREE; 0 if it is. */
  long cost(int from, int n) {
    long cost = 0;
    for (int page = from; page < from + n; page++) {
      cost += costOf(page, 0);
    }
    return cost;
  }

  /**
   * The cheapest window.
   *
   * @param align what its first page is a multiple of, in pages
   * @param phase the page number of page 0 within the alignment
   * @param lacksNumber whether FREE has too few pages anyway, so that one inside is no gain
   * @return its first page, or -1 if the arena is too small
   */
  int cheapest(int n, int align, int phase, boolean lacksNumber) {
    int free = lacksNumber ? FREE_THAT_IS_OWED : 0;
    int best = -1;
    long bestCost = Long.MAX_VALUE;
    long cost = 0;
    long[] inside = new long[n];
    for (int page = 0; page < queues.pages(); page++) {
      int slot = page % n;
      cost -= inside[slot];
      inside[slot] = costOf(page, free) + (long) STRUCK * strikes[page];
      cost += inside[slot];
      int from = page - n + 1;
      if (from >= 0 && (from + phase & align - 1) == 0 && cost < bestCost) {
        best = from;
        bestCost = cost;
      }
    }
    return best;
  }

  /** Notes the pages of a window that did not become FREE. */
  void strike(int from, int n) {
    for (int page = from; page < from + n; page++) {
      if (costOf(page, 0) > 0 && strikes[page] < MOST_STRIKES) {
        strikes[page]++;
        anyStrike = true;
      }
    }
  }

  /** Forgets what was waited for in vain; the pages have other contents by now. */
  void forgive() {
    if (anyStrike) {
      Arrays.fill(strikes, (byte) 0);
      anyStrike = false;
    }
  }

  private int costOf(int page, int free) {
    return switch (queues.stateHint(page)) {
      case PageState.FREE -> free;
      case PageState.CACHE -> CACHE;
      case PageState.INACTIVE -> INACTIVE;
      case PageState.ACTIVE -> ACTIVE;
      case PageState.HOLD -> HELD;
      default -> {
        int live = tenants.livePerPage(page);
        yield live != Tenants.NO_BLOCKS
            ? Math.max(1, live)
            : queues.isReserved(page) ? RESERVED : WHOLE_RUN;
      }
    };
  }
}
