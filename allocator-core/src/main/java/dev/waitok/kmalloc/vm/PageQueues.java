package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.Libc;
import dev.waitok.kmalloc.arena.ShortLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every page's state, the queues, and the one test that admits a request to pages. */
public final class PageQueues {
  /*
   * 1 Problem. Pages have to be found in runs, kept back in reserves, reclaimed from caches and
   *   handed to waiters in turn, and all of it has to agree at every moment, or somebody waits for
   *   what is there or takes what was kept back.
   *
   * 2 Vocabulary. F and C are the numbers of FREE and CACHE pages. A request for n pages has a
   *   *floor*: the number of FREE pages it must leave. A *run* is n pages in a row.
   *
   * 3 Layout: PageTable has the record of each page, the queues and the sets of runs.
   *
   * 4 Admission: who is admitted to pages, and whose turn it is, is decided in one place, Admission.
   *   A run that mixes FREE and CACHE pages takes its FREE pages from above the floor; where that
   *   is not enough, as many CACHE pages elsewhere are made FREE first.
   *
   * 5 Life of a page with contents: PageState has the transitions. Who reclaims one needs its
   *   home's lock (CacheReclaim); who holds one has it.
   *
   * 6 Ownership and memory order. One short lock guards everything here except `waiters.any()`.
   *   It is never held over a call-out. Who has to be woken is returned, and woken afterwards.
   *
   * 7 Invariants (checkInvariants): I1 to I7 are PageTable's.
   *   I8 when nobody is under way: whoever waits and is admitted has been granted or signalled
   *   I12 a window has an owner in line
   *
   * 8 Costs. Taking or freeing a run costs its length / 64 words and log2(pages / 64) steps, twice.
   *
   * 9 References. The states and marks are DragonFly BSD's VM page queues (M. Dillon); the admission
   *   differs where the project's design says so.
   */
  static final int NO_PAGE = -1;

  /** Nothing was found, and pages were away: it is worth another look when they are back. */
  private static final int AWAY = -2;

  private final ShortLock lock = new ShortLock();
  private final Levels levels;
  private final PressureGauge gauge;
  private final PageTable table;
  private final PageWaiters waiters = new PageWaiters();
  private final Admission admission;
  private long progress;
  private long pagesCame;

  /** Moves with every home's lock that is given back while somebody waits. */
  private long homesUnlocked;

  private long reclaimedPages;
  private long givenBack;
  private int idleCap = Integer.MAX_VALUE;
  private Runnable tellIdle = () -> {};
  private Supplier<Reclaimers.@Nullable Share> shareOfCaller = () -> null;
  private Runnable tellPressure = () -> {};
  private boolean keepsReserve = true;
  private final LongAdder refusals = new LongAdder();

  /** Whether pages are away; written under the lock, read without it. */
  private volatile boolean away;

  /** Whether somebody wanted pages that were away: the rest of the period is theirs. */
  private boolean stopGivingBack;

  /**
   * All pages FREE.
   *
   * @param pages how many pages there are
   * @param firstPageNumber the absolute number of page 0, for alignments above a page
   * @param levels the marks on FREE
   */
  public PageQueues(int pages, long firstPageNumber, Levels levels) {
    this.levels = levels;
    this.gauge = new PressureGauge(levels);
    this.table = new PageTable(pages, gauge);
    this.admission = new Admission(table, levels, firstPageNumber, waiters);
  }

  /** How many pages there are in all. */
  public int pages() {
    return table.pages;
  }

  /** The marks on FREE. */
  public Levels levels() {
    return levels;
  }

  /** The number of pages in each state, by {@link PageState}, all of one moment. */
  public int[] counts() {
    lock.lock();
    try {
      return table.counts();
    } finally {
      lock.unlock();
    }
  }

  /** Whether all pages above a level's floor have room for such a run. */
  public boolean couldHold(int n, int align, int level) {
    int first = (align - admission.phase(align)) & (align - 1);
    return n <= table.pages - table.reserveTarget() - levels.floor(level)
        && n <= table.pages - first;
  }

  /** A moment's figures for statistics. */
  public record Figures(
      int lowestFree,
      int retainedPeak,
      long reclaimedPages,
      int waiters,
      int idlePages,
      long givenBack) {}

  /** The statistics of one moment. */
  public Figures figures() {
    lock.lock();
    try {
      return new Figures(
          table.lowestFree(),
          table.retainedPeak(),
          reclaimedPages,
          waiters.count(),
          table.idle.count(),
          givenBack);
    } finally {
      lock.unlock();
    }
  }

  /** Starts the lowest FREE and the highest retained count anew from what they are now. */
  public void resetPeaks() {
    lock.lock();
    try {
      table.resetPeaks();
    } finally {
      lock.unlock();
    }
  }

  /** Whether anybody waits for memory; a plain load, for paths that free. */
  public boolean anyWaiting() {
    return waiters.any();
  }

  /** Whether FREE is below min; a plain load, exact enough to wake pageout by. */
  boolean belowMin() {
    return table.count(PageState.FREE) < levels.min();
  }

  /** How many pages a queue holds at the moment; a plain load. */
  int count(byte state) {
    return table.count(state);
  }

  /** A number that moves with every page or block freed, made CACHE, or read. */
  long progress() {
    lock.lock();
    try {
      return progress;
    } finally {
      lock.unlock();
    }
  }

  /** A number that moves with every page freed or made CACHE. */
  long pagesCame() {
    lock.lock();
    try {
      return pagesCame;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes n pages in a row from FREE if the request's attempt is admitted to them, or what it was
   * granted while it waited.
   *
   * @return the first page, now WIRED, or {@link #NO_PAGE}
   */
  int takeFree(PageRequest request, int n) {
    int page = tryTakeFree(request, n);
    while (page == AWAY) {
      awaitThoseAway();
      page = tryTakeFree(request, n);
    }
    if (page == NO_PAGE) {
      page = takeReserve(n);
    }
    ringIfDue();
    return page;
  }

  private int tryTakeFree(PageRequest request, int n) {
    lock.lock();
    try {
      if (request.granted != NO_PAGE) {
        int granted = n == request.pages ? request.granted : NO_PAGE;
        if (granted != NO_PAGE) {
          request.granted = NO_PAGE;
        }
        return granted;
      }
      if (admission.standsBehind(request)
          || table.count(PageState.FREE) - n < admission.floor(request)) {
        return notFound(request.waits);
      }
      int page = admission.freeRun(request, n);
      if (page < 0) {
        return notFound(request.waits);
      }
      table.wireFree(page, n);
      return page;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes n FREE pages in a row whatever the floors say, for tests that set a state.
   *
   * @return the first page, now WIRED, or {@link #NO_PAGE}
   */
  public int takeAnyFree(int n) {
    int page = tryTakeAnyFree(n);
    while (page == AWAY) {
      awaitThoseAway();
      page = tryTakeAnyFree(n);
    }
    return page;
  }

  private int tryTakeAnyFree(int n) {
    lock.lock();
    try {
      int page = table.findFree(n, 1, 0, true);
      if (page < 0) {
        return notFound(false);
      }
      table.wireFree(page, n);
      return page;
    } finally {
      lock.unlock();
    }
  }

  // Giving memory back: the parts of Trim that need the lock.

  /** So many words of the idle sets are looked at with the lock held: a microsecond or so. */
  private static final int WORDS_A_LOOK = 1024;

  /**
   * Takes a run of idle pages away from FREE, unless somebody waits, or wanted pages that were away
   * in this period, or FREE would fall below its target.
   *
   * @param end where to look from, downwards
   * @param youngToo whether pages freed in this period are idle too
   * @return the run, or an empty one where the look ended; {@link #firstOf}, {@link #lengthOf}
   */
  long takeIdle(int end, boolean youngToo, int most) {
    lock.lock();
    try {
      int spare = table.count(PageState.FREE) - levels.target();
      if (waiters.any() || spare <= 0 || stopGivingBack) {
        return run(0, 0);
      }
      int last = table.idle.highestBelow(end, youngToo, WORDS_A_LOOK);
      if (last < 0) {
        return run(-1 - last, 0);
      }
      int first = table.idle.startOfRun(last, youngToo, Math.max(1, Math.min(most, spare)));
      int n = last - first + 1;
      table.sendAway(first, n);
      away = true;
      return run(first, n);
    } finally {
      lock.unlock();
    }
  }

  /** Makes pages FREE again that were away, and serves whom they serve. */
  void returnIdle(int page, int n) {
    PageRequest woken;
    lock.lock();
    try {
      table.comeBack(page, n);
      away = table.away() > 0;
      givenBack += n;
      table.refillReserve();
      woken = admission.serve();
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  static long run(int first, int n) {
    return (long) first << Integer.SIZE | n;
  }

  static int firstOf(long run) {
    return (int) (run >> Integer.SIZE);
  }

  static int lengthOf(long run) {
    return (int) run;
  }

  /** Ends a period of {@link IdlePages}. */
  void endIdlePeriod() {
    lock.lock();
    stopGivingBack = false;
    table.idle.endPeriod();
    lock.unlock();
  }

  /** How many FREE pages have memory behind them; a plain load. */
  int idlePages() {
    return table.idle.count();
  }

  /** Whom to tell when more pages than a number are idle. Before anything is freed. */
  void onIdleAbove(int cap, Runnable tell) {
    idleCap = cap;
    tellIdle = tell;
  }

  /**
   * What a look is to answer that found nothing, before its lock is given back: afterwards they may
   * be back.
   *
   * @param waits whether the caller stands in line anyway, and is served there
   */
  private int notFound(boolean waits) {
    if (waits || table.away() == 0) {
      return NO_PAGE;
    }
    stopGivingBack = true;
    return AWAY;
  }

  /** Waits until pages that were away are back: microseconds, for a system call. */
  private void awaitThoseAway() {
    while (away) {
      Libc.yieldProcessor();
    }
  }

  /** Makes n WIRED pages FREE and wakes the waiter they serve. */
  public void release(int page, int n) {
    PageRequest woken;
    boolean tooMuchIdle;
    lock.lock();
    try {
      table.release(page, n);
      woken = progressed();
      tooMuchIdle = table.idle.count() > idleCap;
    } finally {
      lock.unlock();
    }
    wake(woken);
    if (tooMuchIdle) {
      tellIdle.run();
    }
  }

  // The reserve of those who give memory back: the parts of Reclaimers that need the lock.

  /** Makes the reserve larger or smaller by so many pages. */
  void reserve(int pagesMore) {
    lock.lock();
    try {
      table.reserve(keepsReserve ? pagesMore : 0);
    } finally {
      lock.unlock();
    }
  }

  /** Has no reserve from now on, whoever asks for one; for tests of tests. */
  public void keepNoReserve() {
    lock.lock();
    keepsReserve = false;
    lock.unlock();
  }

  /** Who knows whether the calling thread may use the reserve. Before anybody allocates. */
  void onReserve(Supplier<Reclaimers.@Nullable Share> share) {
    shareOfCaller = share;
  }

  private int takeReserve(int n) {
    Reclaimers.Share share = shareOfCaller.get();
    if (share == null) {
      return NO_PAGE;
    }
    lock.lock();
    try {
      int page = share.left < n ? NO_PAGE : table.takeReserve(n);
      if (page >= 0) {
        share.left -= n;
      }
      return page;
    } finally {
      lock.unlock();
    }
  }

  /** How many pages FREE lacks to its target, or the first waiter to its request. */
  int shortfall() {
    lock.lock();
    try {
      PageRequest first = waiters.first();
      int waited = first == null || first.signalled ? 0 : first.pages;
      return Math.max(waited, levels.target() - table.count(PageState.FREE) - table.away());
    } finally {
      lock.unlock();
    }
  }

  // Reclaiming: the parts of CacheReclaim that need the lock.

  /**
   * An answer of {@link #planReclaim}: the page {@code SPARE - answer} has to be made FREE first.
   */
  static final int SPARE = -2;

  /**
   * Where a request's run can be made, if its attempt is admitted. The FREE pages inside the run
   * are taken at once and noted; the CACHE pages inside it are left to be captured.
   *
   * @param taken by place in the run: set for the pages taken
   * @return the run's first page; {@link #NO_PAGE} if not admitted; or {@link #SPARE} less a page
   *     that has to be made FREE first, so that the run's FREE pages do not undercut the floor
   */
  int planReclaim(PageRequest request, boolean[] taken) {
    int n = request.pages;
    lock.lock();
    try {
      request.plannedAt = pagesCame + homesUnlocked;
      if (admission.standsBehind(request) || !admission.admitsWithReclaim(request)) {
        return NO_PAGE;
      }
      // What this attempt made FREE itself it may use below the floor: FREE is no lower for it.
      int mustLeave =
          Math.min(admission.floor(request), table.count(PageState.FREE) - request.madeFree);
      int run =
          n == 1 && request.align == 1 ? table.cache.head() : admission.reclaimableRun(request);
      if (table.count(PageState.FREE) - table.free.count(run, n) < mustLeave) {
        return SPARE - cacheOutside(run, n);
      }
      for (int i = 0; i < n; i++) {
        if (table.state(run + i) == PageState.FREE) {
          table.wireFree(run + i, 1);
          taken[i] = true;
        }
      }
      return run;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes FREE what an attempt has taken of a run whose other pages it could not have. That may
   * serve others. To the request itself it is news only if one of the pages was CACHE before, or
   * something else has happened since it planned: else it would wake itself, find the same home
   * busy, and so on, above whoever has to give that home's lock back.
   *
   * @param taken by place in the run: set for the pages taken; is cleared
   */
  void giveBack(PageRequest request, int run, boolean[] taken, boolean captured) {
    PageRequest woken;
    lock.lock();
    try {
      boolean any = false;
      for (int i = 0; i < taken.length; i++) {
        if (taken[i]) {
          table.release(run + i, 1);
          taken[i] = false;
          any = true;
        }
      }
      boolean news = captured || request.plannedAt != pagesCame + homesUnlocked;
      if (captured) {
        progress++;
        pagesCame++;
      }
      woken = any ? admission.serveBut(news ? null : request) : null;
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /** The oldest CACHE page outside a run; admission has made sure that there is one. */
  private int cacheOutside(int run, int n) {
    int page = table.cache.head();
    while (page >= run && page < run + n) {
      page = table.cache.after(page);
    }
    return page;
  }

  /** The oldest CACHE page, or {@link PageList#NONE}. */
  int oldestCache() {
    lock.lock();
    try {
      return table.cache.head();
    } finally {
      lock.unlock();
    }
  }

  /** The home of a page that is CACHE at the moment, or null. */
  @Nullable PageHome homeOfCache(int page) {
    lock.lock();
    try {
      return table.state(page) == PageState.CACHE ? table.home(page) : null;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a CACHE page from its home, whose lock the caller has; false if it is no longer so. */
  @SuppressWarnings("ReferenceEquality") // a home is itself, whatever equals says
  boolean wireCache(int page, PageHome home) {
    lock.lock();
    try {
      if (table.state(page) != PageState.CACHE || table.home(page) != home) {
        return false;
      }
      table.wireFromQueue(page);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a CACHE page whose home was busy behind the others, so that the next try meets another.
   */
  void passOver(int page) {
    lock.lock();
    try {
      if (table.state(page) == PageState.CACHE) {
        table.cache.remove(page);
        table.cache.addLast(page);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts pages that a request reclaimed for itself. */
  void countReclaimed(int n) {
    lock.lock();
    reclaimedPages += n;
    lock.unlock();
    ringIfDue();
  }

  // Pages with contents. The home's lock is held by the caller, except in pageout's moves, which
  // change no identity.

  /** The place of a page in its home. */
  int indexOf(int page) {
    return table.index(page);
  }

  /** Gives a WIRED page a home and its first user. */
  void settle(int page, PageHome home, int index) {
    lock.lock();
    try {
      table.settle(page, home, index);
    } finally {
      lock.unlock();
    }
  }

  /** Pins a page for one more user. */
  void hold(int page) {
    lock.lock();
    try {
      table.hold(page);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets go of a page for one user; after the last it goes to ACTIVE if used before, else INACTIVE.
   */
  void unhold(int page) {
    lock.lock();
    try {
      table.unhold(page);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a page from its home for good, unless it is held.
   *
   * @return false if a user holds it
   */
  boolean wireUnheld(int page) {
    lock.lock();
    try {
      if (table.isHeld(page)) {
        return false;
      }
      table.wireFromQueue(page);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Makes a clean INACTIVE or ACTIVE page CACHE at once; others stay what they are. */
  void cacheNow(int page) {
    PageRequest woken = null;
    lock.lock();
    try {
      boolean queued =
          table.state(page) == PageState.INACTIVE || table.state(page) == PageState.ACTIVE;
      if (queued && !table.isDirty(page)) {
        woken = moveToCache(page);
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /**
   * One step of pageout's aging: the oldest INACTIVE page becomes CACHE, or, where there is none,
   * the oldest ACTIVE page becomes INACTIVE. A dirty page is passed over the first time.
   *
   * @return {@link #AGED}; {@link #NO_PAGE} if there is neither; or a dirty page met again, which
   *     is to be laundered
   */
  int ageOne() {
    PageRequest woken = null;
    lock.lock();
    try {
      int page = table.inactive.head();
      if (page == PageList.NONE) {
        return deactivate() ? AGED : NO_PAGE;
      }
      if (table.isDirty(page)) {
        return table.passOverDirty(page) ? AGED : page;
      }
      woken = moveToCache(page);
    } finally {
      lock.unlock();
    }
    wake(woken);
    return AGED;
  }

  /** An answer of {@link #ageOne}: a page was moved. */
  static final int AGED = -2;

  /** Makes the oldest ACTIVE page INACTIVE; false if there is none. */
  boolean deactivateOne() {
    lock.lock();
    try {
      return deactivate();
    } finally {
      lock.unlock();
    }
  }

  private boolean deactivate() {
    int page = table.active.head();
    if (page == PageList.NONE) {
      return false;
    }
    table.deactivate(page);
    return true;
  }

  // Windows: the parts of Clearing that need the lock.

  /** The state of a page, of the moment and without the lock. */
  byte stateHint(int page) {
    return table.state(page);
  }

  /** Whether a page is in the reserve, of the moment and without the lock. */
  boolean isReserved(int page) {
    return table.isReserved(page);
  }

  /** The page number of page 0 within an alignment. */
  int phase(int align) {
    return admission.phase(align);
  }

  /** The first in line for whom a window is to be opened; or null. */
  @Nullable PageRequest whoNeedsPages(long now) {
    lock.lock();
    try {
      return admission.whoNeedsPages(now);
    } finally {
      lock.unlock();
    }
  }

  /** How long it is until a window may have to be opened for somebody who waits. */
  long patienceLeft(long now) {
    if (!waiters.any()) {
      return Long.MAX_VALUE;
    }
    lock.lock();
    try {
      return admission.patienceLeft(now);
    } finally {
      lock.unlock();
    }
  }

  /** Whether FREE has fewer pages than a request would need, in a row or not. */
  boolean lacksNumber(PageRequest request) {
    lock.lock();
    try {
      return admission.lacksNumber(request);
    } finally {
      lock.unlock();
    }
  }

  /** How many pages FREE lacks for a request beyond those that a window gives it. */
  int owedToReserves(PageRequest request, int from, int n) {
    lock.lock();
    try {
      return admission.owedToReserves(request, from, n);
    } finally {
      lock.unlock();
    }
  }

  /** Opens a window for a request that is in line; false if it is not any more. */
  boolean openWindow(PageRequest request, int from, int n) {
    lock.lock();
    try {
      if (request.waiting) {
        table.openWindow(request, from, n);
      }
      return request.waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Closes the window, if there is one, and serves whom its pages serve. */
  void closeWindow() {
    PageRequest woken = null;
    lock.lock();
    try {
      if (table.window.owner() != null) {
        table.closeWindow();
        woken = admission.serve();
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /** The open window, as {@link #firstOf} and {@link #lengthOf} read it; a volatile load. */
  long windowSpan() {
    return table.window.span();
  }

  /** The length of the open window in pages, or 0. */
  public int windowPages() {
    return lengthOf(windowSpan());
  }

  /** The first page of the open window. */
  public int windowFirstPage() {
    return firstOf(windowSpan());
  }

  /** Whether a window was closed whose zones are withdrawn still; a volatile load. */
  boolean windowIsStale() {
    return table.window.stale();
  }

  void windowRestored() {
    table.window.restored();
  }

  /** Whether a run has a page in the open window. A volatile load. */
  public boolean inWindow(int page, int n) {
    return table.window.meets(page, n);
  }

  /** In an answer of {@link #mayUse}: blocks that lie in the window. */
  public static final int IN_WINDOW = 1;

  /** In an answer of {@link #mayUse}: blocks that were freed while somebody waited. */
  public static final int OF_WAITERS = 2;

  /** In an answer of {@link #mayUse}: nobody waits for such a block. */
  public static final int NOBODY_WAITS = 4;

  /** Which of the blocks that are not for everybody a request may use. */
  @SuppressWarnings("ReferenceEquality") // a request is itself
  public int mayUse(PageRequest request) {
    if (!waiters.any()) {
      return IN_WINDOW | OF_WAITERS | NOBODY_WAITS;
    }
    lock.lock();
    try {
      int may = admission.lets(request) ? IN_WINDOW : 0;
      PageRequest first = waiters.firstFor(request.blockClass, request.zoneOwner);
      if (first == null) {
        return may | OF_WAITERS | NOBODY_WAITS;
      }
      boolean goesFirst =
          first == request || !request.standsInLine || request.floorLevel < first.waitLevel;
      return goesFirst ? may | OF_WAITERS : may;
    } finally {
      lock.unlock();
    }
  }

  // Dirty pages: the parts of Laundry that need the lock.

  /** The home of a page, or null if it has none. */
  @Nullable PageHome homeOf(int page) {
    lock.lock();
    try {
      return table.home(page);
    } finally {
      lock.unlock();
    }
  }

  /** The place of a page in a home, or -1 if it is not its. */
  @SuppressWarnings("ReferenceEquality") // a home is itself, whatever equals says
  int indexIn(int page, PageHome home) {
    lock.lock();
    try {
      return table.home(page) == home ? table.index(page) : -1;
    } finally {
      lock.unlock();
    }
  }

  boolean isDirty(int page) {
    lock.lock();
    try {
      return table.isDirty(page);
    } finally {
      lock.unlock();
    }
  }

  /** Marks a page that the caller holds dirty. */
  void markDirty(int page) {
    lock.lock();
    try {
      table.markDirty(page);
    } finally {
      lock.unlock();
    }
  }

  /** Pins a page to be written out, and marks it clean. */
  void beginLaundering(int page) {
    lock.lock();
    try {
      table.holdToLaunder(page);
    } finally {
      lock.unlock();
    }
  }

  /** Unpins a page that was to be written out; if clean and unused it may become CACHE. */
  void endLaundering(int page, boolean toCache) {
    PageRequest woken;
    lock.lock();
    try {
      woken = table.unholdLaundered(page, toCache) ? progressed() : null;
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  private @Nullable PageRequest moveToCache(int page) {
    table.toCache(page);
    return progressed();
  }

  /** The state of a page in words, for error messages. */
  public String describe(int page) {
    return PageState.name(table.state(page));
  }

  // Waiting.

  /** Notes that pages came, and gives the waiters whose turn it is, if they serve any. */
  private @Nullable PageRequest progressed() {
    progress++;
    pagesCame++;
    table.refillReserve();
    return admission.pagesCame();
  }

  /** How short memory is, as {@link PressureGauge} counts; a plain load. */
  public int pressure() {
    return gauge.level();
  }

  /** The level to be announced. */
  int announcePressure() {
    return gauge.announce();
  }

  /** Whom to tell, outside the lock, that the level has changed. It must not block. */
  void onPressure(Runnable tell) {
    tellPressure = tell;
  }

  private void ringIfDue() {
    if (gauge.unannounced()) {
      tellPressure.run();
    }
  }

  private void wake(@Nullable PageRequest woken) {
    ringIfDue();
    for (PageRequest request = woken; request != null; request = request.nextWoken) {
      if (request.sleeper != null) {
        request.sleeper.wake();
      }
    }
  }

  /** Whether somebody waits whom nothing that has come so far serves. */
  boolean unservedWaiter() {
    if (!waiters.any()) {
      return false;
    }
    lock.lock();
    try {
      PageRequest first = waiters.first();
      return first != null && !first.signalled;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the first waiter is unserved and may not reclaim for itself. */
  boolean unservedWaiterNeedsFree() {
    if (!waiters.any()) {
      return false;
    }
    lock.lock();
    try {
      PageRequest first = waiters.first();
      return first != null && !first.signalled && !first.mayReclaim;
    } finally {
      lock.unlock();
    }
  }

  /** Counts progress that is no page: a block freed while somebody waits, a page read. */
  void noteProgress() {
    lock.lock();
    progress++;
    lock.unlock();
  }

  /** Puts a request, whose attempt has been decided, behind the others of its floor. */
  void enqueue(PageRequest request) {
    lock.lock();
    try {
      waiters.add(request);
    } finally {
      lock.unlock();
    }
  }

  /** Counts what comes and goes: progress, and who stands in line or leaves it. */
  long changes() {
    lock.lock();
    try {
      return progress + waiters.changes();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits for more than one page. */
  boolean anyNeedsRun() {
    lock.lock();
    try {
      return waiters.anyNeedsRun();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody stands in line, nobody of those was woken, and no time limit ends a wait. */
  boolean allWaitAsleepForGood() {
    lock.lock();
    try {
      for (PageRequest w = waiters.first(); w != null; w = waiters.after(w)) {
        if (w.signalled || w.bounded || w.stalled || w.granted != NO_PAGE) {
          return false;
        }
      }
      return waiters.any();
    } finally {
      lock.unlock();
    }
  }

  /** One who waits, for reports. */
  public record WaiterFigures(String request, int pages, long since) {}

  /** Who waits, in line. */
  public List<WaiterFigures> waiterFigures() {
    List<PageRequest> line = new ArrayList<>(Math.max(16, 2 * waiters.count()));
    lock.lock();
    try {
      for (PageRequest w = waiters.first(); w != null; w = waiters.after(w)) {
        line.add(w);
      }
    } finally {
      lock.unlock();
    }
    return line.stream().map(w -> new WaiterFigures(w.describe(), w.pages, w.since)).toList();
  }

  /** Ends the wait of the one that came last with {@link PageRequest#STALLED}; false if none. */
  public boolean failYoungest() {
    PageRequest youngest;
    lock.lock();
    try {
      youngest = waiters.youngest();
      if (youngest != null) {
        youngest.stalled = true;
        youngest.nextWoken = null;
      }
    } finally {
      lock.unlock();
    }
    wake(youngest);
    return youngest != null;
  }

  /** How many requests without wait have got nothing, in all. */
  LongAdder refusals() {
    return refusals;
  }

  /** Marks a waiter as trying: whatever happens from here on signals it again. */
  void beginAttempt(PageRequest request) {
    lock.lock();
    request.signalled = false;
    lock.unlock();
  }

  /**
   * Takes a request out of the queue, served or not, and wakes the next. What it was granted and
   * has not taken is FREE again.
   */
  void leave(PageRequest request) {
    PageRequest woken;
    lock.lock();
    try {
      if (request.waiting) {
        waiters.remove(request);
        admission.closeWindowOf(request);
      }
      if (request.granted == NO_PAGE) {
        woken = admission.serve();
      } else {
        table.release(request.granted, request.pages);
        request.granted = NO_PAGE;
        woken = progressed();
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /** A home's lock was given back: a waiter that had passed its pages over may go on. */
  void homeUnlocked() {
    if (waiters.any()) {
      PageRequest woken;
      lock.lock();
      try {
        homesUnlocked++;
        woken = admission.serve();
      } finally {
        lock.unlock();
      }
      wake(woken);
    }
  }

  /** A block was freed: wakes the first waiter that it would serve. */
  public void blockFreed(int blockClass, int zoneOwner) {
    blockFreed(blockClass, zoneOwner, false);
  }

  /**
   * A block was freed: wakes the first waiter that it would serve.
   *
   * @param withdrawn whether its zone is withdrawn, so that it serves only whom the window lets
   */
  public void blockFreed(int blockClass, int zoneOwner, boolean withdrawn) {
    noteProgress();
    wakeFor(blockClass, zoneOwner, withdrawn);
  }

  /**
   * One who may have been woken for a block leaves without it: wakes the next. That is no progress.
   */
  public void passWakeUpOn(int blockClass, int zoneOwner) {
    wakeFor(blockClass, zoneOwner, false);
  }

  private void wakeFor(int blockClass, int zoneOwner, boolean withdrawn) {
    PageRequest woken;
    lock.lock();
    try {
      woken = waiters.firstForBlock(blockClass, zoneOwner);
      if (woken != null && withdrawn && !admission.lets(woken)) {
        woken = null;
      }
      if (woken != null) {
        woken.signalled = true;
        woken.nextWoken = null;
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /** Lifts the hold on freed pages for requests smaller than the head's, until a page is freed. */
  void liftHold(long pagesSeen) {
    lock.lock();
    if (pagesCame == pagesSeen) {
      admission.liftHold();
    }
    lock.unlock();
  }

  /** Signals every waiter that there is nothing more to come. */
  void close() {
    PageRequest first;
    lock.lock();
    try {
      first = admission.close();
    } finally {
      lock.unlock();
    }
    wake(first);
  }

  /** Makes every wait ask for so many pages more than its attempt does; for tests of tests. */
  public void waitMargin(int pages) {
    lock.lock();
    admission.waitMargin(pages);
    lock.unlock();
  }

  /** Holds the pages against I1 to I5; whoever is under way. */
  public void checkPages() {
    lock.lock();
    try {
      table.checkInvariants();
    } finally {
      lock.unlock();
    }
  }

  /** Holds the state against the numbered invariants; for tests, while nobody is under way. */
  public void checkInvariants() {
    lock.lock();
    try {
      table.checkInvariants();
      PageTable.check(admission.whoseTurn() == null, "I8", waiters.count());
      PageRequest owner = table.window.owner();
      PageTable.check(owner == null || owner.waiting, "I12", waiters.count());
    } finally {
      lock.unlock();
    }
  }
}
