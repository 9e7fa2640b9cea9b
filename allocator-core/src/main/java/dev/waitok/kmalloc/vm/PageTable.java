package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.RunTree;
import org.jspecify.annotations.Nullable;

/**
 * The record of every page: its state, its queue, who holds it, and what it belongs to; and the
 * moves from state to state. On the Java heap, in arrays by page number, where no stray write
 * through a segment reaches it. {@link PageQueues} guards it with its lock and says who may move
 * what.
 */
final class PageTable {
  /*
   * FREE is a RunTree; CACHE, INACTIVE and ACTIVE are lists linked through `next` and `previous`; HOLD
   * and WIRED pages are on no list. A second RunTree has FREE and CACHE pages together: the runs that
   * reclaiming can make.
   *
   * Invariants (checkInvariants):
   *   I1 a page is in one state, and the six counts add up to the number of pages
   *   I2 the FREE tree has the FREE pages, the other tree the FREE and the CACHE pages, but for I11
   *   I3 each list has the pages of its state
   *   I4 a page is in HOLD exactly while its hold count is above 0
   *   I5 CACHE, INACTIVE, ACTIVE and HOLD pages have a home, FREE and WIRED ones have none
   *   I6 pages with idle memory are FREE, and their number is the one kept
   *   I7 the pages that are away are WIRED
   *   I10 dirty pages are HOLD, INACTIVE or ACTIVE
   *   I11 the kept pages are the FREE pages of the window, and in neither tree
   *   I9 the reserve has WIRED pages, no more than it is to have, and if fewer then FREE is empty
   */
  final int pages;
  final RunTree free;
  final RunTree reclaimable;
  final IdlePages idle;
  final Window window;

  /** WIRED pages that only who gives memory back may take. */
  private final RunTree reserve;

  private int reserved;
  private int reserveTarget;
  private final PressureGauge gauge;
  final PageList cache;
  final PageList inactive;
  final PageList active;
  private final byte[] states;
  private final int[] counts = new int[PageState.COUNT];
  private final int[] holds;
  private final boolean[] usedBefore;

  /** Contents that the page's home has to write out before the page can be CACHE. */
  private final boolean[] dirty;

  /** Dirty pages that pageout has met once and passed over. */
  private final boolean[] passedOver;

  private final @Nullable PageHome[] homes;
  private final int[] indexes;
  private int lowestFree;
  private int retainedPeak;

  /** FREE pages whose memory is being given back: WIRED for the moment, FREE in all figures. */
  private int away;

  /** All pages FREE. */
  PageTable(int pages, PressureGauge gauge) {
    this.pages = pages;
    this.gauge = gauge;
    this.states = new byte[pages];
    this.holds = new int[pages];
    this.usedBefore = new boolean[pages];
    this.dirty = new boolean[pages];
    this.passedOver = new boolean[pages];
    this.homes = new @Nullable PageHome[pages];
    this.indexes = new int[pages];
    int[] next = new int[pages];
    int[] previous = new int[pages];
    this.cache = new PageList(next, previous);
    this.inactive = new PageList(next, previous);
    this.active = new PageList(next, previous);
    this.free = new RunTree(pages);
    this.reclaimable = new RunTree(pages);
    this.idle = new IdlePages(pages);
    this.window = new Window(pages);
    this.reserve = new RunTree(pages);
    free.add(0, pages);
    reclaimable.add(0, pages);
    counts[PageState.FREE] = pages;
    lowestFree = pages;
  }

  byte state(int page) {
    return states[page];
  }

  int count(byte state) {
    return counts[state];
  }

  int[] counts() {
    int[] figures = counts.clone();
    figures[PageState.FREE] += away;
    figures[PageState.WIRED] -= away;
    return figures;
  }

  @Nullable PageHome home(int page) {
    return homes[page];
  }

  int index(int page) {
    return indexes[page];
  }

  /** The fewest FREE pages since the last {@link #resetPeaks}. */
  int lowestFree() {
    return lowestFree;
  }

  /** The most pages that were neither FREE nor CACHE since the last {@link #resetPeaks}. */
  int retainedPeak() {
    return retainedPeak;
  }

  void resetPeaks() {
    lowestFree = counts[PageState.FREE] + away;
    retainedPeak = retained();
  }

  private int retained() {
    return pages - counts[PageState.FREE] - counts[PageState.CACHE] - away;
  }

  private void notePeaks() {
    lowestFree = Math.min(lowestFree, counts[PageState.FREE] + away);
    retainedPeak = Math.max(retainedPeak, retained());
    gauge.see(pages - retained());
  }

  /** FREE to WIRED, a run. */
  void wireFree(int page, int n) {
    leaveFree(page, n);
    notePeaks();
  }

  /** WIRED to FREE, a run. */
  void release(int page, int n) {
    enterFree(page, n);
    idle.freed(page, n);
    gauge.see(pages - retained());
  }

  /** FREE pages go away, to have their memory given back. */
  void sendAway(int page, int n) {
    leaveFree(page, n);
    away += n;
  }

  /** Pages come back that were away: FREE, with no memory behind them. */
  void comeBack(int page, int n) {
    enterFree(page, n);
    away -= n;
  }

  /** Makes the reserve larger, as FREE pages come, or smaller. */
  void reserve(int pagesMore) {
    reserveTarget += pagesMore;
    int surplus = reserved - reserveTarget;
    for (int n = surplus; n > 0; n--) {
      release(takeReserve(1), 1);
    }
    refillReserve();
  }

  int reserveTarget() {
    return reserveTarget;
  }

  /** Takes from FREE what the reserve lacks. */
  void refillReserve() {
    while (reserved < reserveTarget && counts[PageState.FREE] > 0) {
      RunTree from = free.longest() > 0 ? free : window.kept;
      int n = Math.min(reserveTarget - reserved, from.longest());
      int page = from.find(n);
      wireFree(page, n);
      reserve.add(page, n);
      reserved += n;
    }
  }

  /** A run of the reserve, WIRED as before, or -1. */
  int takeReserve(int n) {
    int page = reserve.find(n);
    if (page >= 0) {
      reserve.remove(page, n);
      reserved -= n;
    }
    return page;
  }

  int away() {
    return away;
  }

  private void leaveFree(int page, int n) {
    int begin = window.begin(page, n);
    int end = window.end(page, n);
    if (begin < end) {
      window.kept.remove(begin, end - begin);
    }
    removeFree(page, begin - page);
    removeFree(end, page + n - end);
    idle.taken(page, n);
    move(page, n, PageState.FREE, PageState.WIRED);
  }

  private void removeFree(int page, int n) {
    if (n > 0) {
      free.remove(page, n);
      reclaimable.remove(page, n);
    }
  }

  private void enterFree(int page, int n) {
    move(page, n, PageState.WIRED, PageState.FREE);
    int begin = window.begin(page, n);
    int end = window.end(page, n);
    if (begin < end) {
      window.kept.add(begin, end - begin);
    }
    addFree(page, begin - page);
    addFree(end, page + n - end);
  }

  private void addFree(int page, int n) {
    if (n > 0) {
      free.add(page, n);
      reclaimable.add(page, n);
    }
  }

  /** Keeps the FREE pages of a run apart from now on. */
  void openWindow(PageRequest owner, int from, int n) {
    window.open(owner, from, n);
    keep(from, n);
  }

  private void keep(int from, int n) {
    window.kept.addAll(free, from, n);
    free.removeAll(window.kept, from, n);
    reclaimable.removeAll(window.kept, from, n);
  }

  /** Makes the kept pages FREE like any others. */
  void closeWindow() {
    long span = window.span();
    mingle(PageQueues.firstOf(span), PageQueues.lengthOf(span));
    window.close();
  }

  private void mingle(int from, int n) {
    free.addAll(window.kept, from, n);
    reclaimable.addAll(window.kept, from, n);
    window.kept.remove(from, n);
  }

  /**
   * A run of FREE pages, or -1.
   *
   * @param keptToo whether it may have kept pages, if there is no run without
   */
  int findFree(int n, int align, int phase, boolean keptToo) {
    int page = free.findAligned(n, align, phase);
    if (page < 0 && keptToo && window.kept.longest() > 0) {
      long span = window.span();
      mingle(PageQueues.firstOf(span), PageQueues.lengthOf(span));
      page = free.findAligned(n, align, phase);
      keep(PageQueues.firstOf(span), PageQueues.lengthOf(span));
    }
    return page;
  }

  /** Whether a page is in the reserve; may be asked without the lock, of the moment. */
  boolean isReserved(int page) {
    return reserve.contains(page);
  }

  private void move(int page, int n, byte from, byte to) {
    for (int i = page; i < page + n; i++) {
      states[i] = to;
    }
    counts[from] -= n;
    counts[to] += n;
  }

  /** CACHE, INACTIVE or ACTIVE to WIRED: the page has no home any more. */
  void wireFromQueue(int page) {
    leaveQueue(page);
    enter(page, PageState.WIRED);
    homes[page] = null;
    dirty[page] = false;
    passedOver[page] = false;
    notePeaks();
  }

  /** WIRED to HOLD: the page has a home and its first user. */
  void settle(int page, PageHome home, int index) {
    homes[page] = home;
    indexes[page] = index;
    holds[page] = 1;
    usedBefore[page] = false;
    counts[PageState.WIRED]--;
    enter(page, PageState.HOLD);
  }

  /** One more user; the first takes the page off its queue. */
  void hold(int page) {
    if (holds[page]++ == 0) {
      leaveQueue(page);
      enter(page, PageState.HOLD);
      notePeaks();
    }
  }

  /** One user less; the last leaves the page to ACTIVE if it was used before, else to INACTIVE. */
  void unhold(int page) {
    if (--holds[page] == 0) {
      counts[PageState.HOLD]--;
      enter(page, usedBefore[page] ? PageState.ACTIVE : PageState.INACTIVE);
      usedBefore[page] = true;
    }
  }

  boolean isDirty(int page) {
    return dirty[page];
  }

  /** The contents of a page that somebody holds differ from what its pager has. */
  void markDirty(int page) {
    dirty[page] = true;
  }

  /** Holds a page that is being written out: clean, unless it changes meanwhile. */
  void holdToLaunder(int page) {
    hold(page);
    dirty[page] = false;
    passedOver[page] = false;
  }

  /** Ends a hold for laundering; the last one leaves a clean page to CACHE if asked; true if so. */
  boolean unholdLaundered(int page, boolean toCache) {
    boolean last = --holds[page] == 0;
    boolean cached = last && toCache && !dirty[page];
    if (last) {
      counts[PageState.HOLD]--;
      enter(page, cached ? PageState.CACHE : PageState.INACTIVE);
      gauge.see(pages - retained());
    }
    return cached;
  }

  /** Puts an INACTIVE dirty page behind the others; true if it has not been met before. */
  boolean passOverDirty(int page) {
    inactive.remove(page);
    inactive.addLast(page);
    boolean first = !passedOver[page];
    passedOver[page] = true;
    return first;
  }

  boolean isHeld(int page) {
    return holds[page] > 0;
  }

  /** INACTIVE or ACTIVE to CACHE. */
  void toCache(int page) {
    leaveQueue(page);
    enter(page, PageState.CACHE);
    gauge.see(pages - retained());
  }

  /** ACTIVE to INACTIVE, and it has to be used twice again to come back. */
  void deactivate(int page) {
    usedBefore[page] = false;
    leaveQueue(page);
    enter(page, PageState.INACTIVE);
  }

  private void leaveQueue(int page) {
    byte state = states[page];
    switch (state) {
      case PageState.CACHE -> {
        cache.remove(page);
        reclaimable.remove(page, 1);
      }
      case PageState.INACTIVE -> inactive.remove(page);
      case PageState.ACTIVE -> active.remove(page);
      default -> throw new IllegalStateException("page " + page + " is " + PageState.name(state));
    }
    counts[state]--;
  }

  private void enter(int page, byte state) {
    states[page] = state;
    counts[state]++;
    switch (state) {
      case PageState.CACHE -> {
        cache.addLast(page);
        reclaimable.add(page, 1);
      }
      case PageState.INACTIVE -> inactive.addLast(page);
      case PageState.ACTIVE -> active.addLast(page);
      default -> {}
    }
  }

  /** Holds the record against its invariants. */
  void checkInvariants() {
    int[] seen = new int[PageState.COUNT];
    for (int page = 0; page < pages; page++) {
      byte state = states[page];
      seen[state]++;
      boolean isFree = state == PageState.FREE;
      boolean isKept = isFree && window.meets(page, 1);
      check(window.kept.contains(page) == isKept, "I11", page);
      check(free.contains(page) == (isFree && !isKept), "I2", page);
      boolean isReclaimable = (isFree && !isKept) || state == PageState.CACHE;
      check(reclaimable.contains(page) == isReclaimable, "I2", page);
      boolean mayBeDirty =
          state == PageState.HOLD || state == PageState.INACTIVE || state == PageState.ACTIVE;
      check(mayBeDirty || !dirty[page], "I10", page);
      check((holds[page] > 0) == (state == PageState.HOLD), "I4", page);
      check((homes[page] == null) == (isFree || state == PageState.WIRED), "I5", page);
      check(isFree || !idle.contains(page), "I6", page);
      check(state == PageState.WIRED || !reserve.contains(page), "I9", page);
    }
    check(reserve.count(0, pages) == reserved && reserved <= reserveTarget, "I9", reserved);
    check(reserved == reserveTarget || counts[PageState.FREE] == 0, "I9", reserveTarget);
    check(idle.countIsRight(), "I6", idle.count());
    check(0 <= away && away <= counts[PageState.WIRED], "I7", away);
    int total = 0;
    for (int state = 0; state < PageState.COUNT; state++) {
      check(seen[state] == counts[state], "I1", state);
      total += counts[state];
    }
    check(total == pages, "I1", total);
    checkList(cache, PageState.CACHE);
    checkList(inactive, PageState.INACTIVE);
    checkList(active, PageState.ACTIVE);
  }

  private void checkList(PageList list, byte state) {
    check(list.size() == counts[state], "I3", state);
    for (int page = list.head(); page != PageList.NONE; page = list.after(page)) {
      check(states[page] == state, "I3", page);
    }
  }

  static void check(boolean holds, String invariant, int where) {
    if (!holds) {
      throw new IllegalStateException("page queues: " + invariant + " is violated at " + where);
    }
  }
}
