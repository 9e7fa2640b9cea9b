package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.RunTree;
import dev.waitok.kmalloc.arena.ShortLock;
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
   * 3 Layout. Arrays by page number, on the Java heap, so that no stray write through a segment can
   *   reach them. FREE is a RunTree; CACHE, INACTIVE and ACTIVE are lists linked through `next` and
   *   `previous`; HOLD and WIRED pages are on no list. A second RunTree holds FREE and CACHE pages
   *   together: the runs that reclaiming can make.
   *
   * 4 Admission. From FREE:     F - n >= floor, and FREE has a run of n.
   *              With reclaim:  max(0, F - floor) + C >= n, and FREE with CACHE has a run of n.
   *   These are the only two tests. A wait tests the same two through the same method (`admits`), so
   *   that nobody sleeps while it would be admitted.
   *   A run that mixes FREE and CACHE pages takes its FREE pages from above the floor; where that
   *   is not enough, as many CACHE pages elsewhere are made FREE first.
   *
   * 5 Life of a page with contents: PageState has the transitions. Who reclaims one needs its
   *   home's lock (CacheReclaim); who holds one has it.
   *
   * 6 Ownership and memory order. One short lock guards everything here except `waiters.any()`.
   *   It is never held over a call-out. Who has to be woken is returned, and woken afterwards.
   *   Only the first waiter is woken; leaving the queue wakes the next.
   *
   * 7 Invariants (checkInvariants):
   *   I1 a page is in one state, and the six counts add up to the number of pages
   *   I2 the FREE tree holds the FREE pages, the other tree the FREE and the CACHE pages
   *   I3 each list holds the pages of its state
   *   I4 a page is in HOLD exactly while its hold count is above 0
   *   I5 CACHE, INACTIVE, ACTIVE and HOLD pages have a home, FREE ones have none
   *   I6 when nobody is under way: the first waiter is signalled, or would not be admitted
   *
   * 8 Costs. Taking or freeing a run costs its length / 64 words and log2(pages / 64) steps, twice.
   *
   * 9 References. The states and marks are DragonFly BSD's VM page queues (M. Dillon); the admission
   *   differs where the project's design says so.
   */
  static final int NO_PAGE = -1;

  private final ShortLock lock = new ShortLock();
  private final int pages;
  private final long firstPageNumber;
  private final Levels levels;
  private final byte[] states;
  private final int[] counts = new int[PageState.COUNT];
  private final int[] holds;
  private final boolean[] usedBefore;
  private final @Nullable PageHome[] homes;
  private final int[] indexes;
  private final RunTree free;
  private final RunTree reclaimable;
  private final PageList cache;
  private final PageList inactive;
  private final PageList active;
  private final PageWaiters waiters = new PageWaiters();
  private boolean holdLifted;
  private long progress;
  private boolean closed;
  private int lowestFree;
  private int retainedPeak;
  private long reclaimedPages;

  /**
   * All pages FREE.
   *
   * @param pages how many pages there are
   * @param firstPageNumber the absolute number of page 0, for alignments above a page
   * @param levels the marks on FREE
   */
  public PageQueues(int pages, long firstPageNumber, Levels levels) {
    this.pages = pages;
    this.firstPageNumber = firstPageNumber;
    this.levels = levels;
    this.states = new byte[pages];
    this.holds = new int[pages];
    this.usedBefore = new boolean[pages];
    this.homes = new @Nullable PageHome[pages];
    this.indexes = new int[pages];
    int[] next = new int[pages];
    int[] previous = new int[pages];
    this.cache = new PageList(next, previous);
    this.inactive = new PageList(next, previous);
    this.active = new PageList(next, previous);
    this.free = new RunTree(pages);
    this.reclaimable = new RunTree(pages);
    free.add(0, pages);
    reclaimable.add(0, pages);
    counts[PageState.FREE] = pages;
    lowestFree = pages;
  }

  /** How many pages there are in all. */
  public int pages() {
    return pages;
  }

  /** The marks on FREE. */
  public Levels levels() {
    return levels;
  }

  /** The number of pages in each state, by {@link PageState}, all of one moment. */
  public int[] counts() {
    lock.lock();
    try {
      return counts.clone();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a run of n pages above a level's floor is less than all there is. */
  public boolean couldHold(int n, int level) {
    return n <= pages - levels.floor(level);
  }

  /** A moment's figures for statistics. */
  public record Figures(int lowestFree, int retainedPeak, long reclaimedPages, int waiters) {}

  /** The statistics of one moment. */
  public Figures figures() {
    lock.lock();
    try {
      return new Figures(lowestFree, retainedPeak, reclaimedPages, waiters.count());
    } finally {
      lock.unlock();
    }
  }

  /** Starts the lowest FREE and the highest retained count anew from what they are now. */
  public void resetPeaks() {
    lock.lock();
    try {
      lowestFree = counts[PageState.FREE];
      retainedPeak = retained();
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
    return counts[PageState.FREE] < levels.min();
  }

  /** How many pages a queue holds at the moment; a plain load. */
  int count(byte state) {
    return counts[state];
  }

  /** A number that moves with every page freed or made CACHE. */
  long progress() {
    lock.lock();
    try {
      return progress;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes n pages in a row from FREE if the request's attempt is admitted to them.
   *
   * @return the first page, now WIRED, or {@link #NO_PAGE}
   */
  int takeFree(PageRequest request, int n) {
    lock.lock();
    try {
      if (standsBehind(request) || counts[PageState.FREE] - n < levels.floor(request.floorLevel)) {
        return NO_PAGE;
      }
      int page = free.findAligned(n, request.align, phase(request.align));
      if (page >= 0) {
        wireFree(page, n);
      }
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
    lock.lock();
    try {
      int page = free.find(n);
      if (page >= 0) {
        wireFree(page, n);
      }
      return page;
    } finally {
      lock.unlock();
    }
  }

  /** Makes n WIRED pages FREE and wakes the waiter they serve. */
  public void release(int page, int n) {
    PageRequest woken;
    lock.lock();
    try {
      for (int i = page; i < page + n; i++) {
        states[i] = PageState.FREE;
      }
      counts[PageState.WIRED] -= n;
      counts[PageState.FREE] += n;
      free.add(page, n);
      reclaimable.add(page, n);
      woken = progressed();
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  private void wireFree(int page, int n) {
    free.remove(page, n);
    reclaimable.remove(page, n);
    for (int i = page; i < page + n; i++) {
      states[i] = PageState.WIRED;
    }
    counts[PageState.FREE] -= n;
    counts[PageState.WIRED] += n;
    lowestFree = Math.min(lowestFree, counts[PageState.FREE]);
    retainedPeak = Math.max(retainedPeak, retained());
  }

  private int retained() {
    return pages - counts[PageState.FREE] - counts[PageState.CACHE];
  }

  private int phase(int align) {
    return (int) (firstPageNumber & (align - 1));
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
      int floor = levels.floor(request.floorLevel);
      if (standsBehind(request) || !admitsWithReclaim(request, floor)) {
        return NO_PAGE;
      }
      request.mustLeave = Math.min(request.mustLeave, Math.min(floor, counts[PageState.FREE]));
      int run = n == 1 && request.align == 1 ? cache.head() : reclaimableRun(request);
      if (counts[PageState.FREE] - free.count(run, n) < request.mustLeave) {
        return SPARE - cacheOutside(run, n);
      }
      for (int i = 0; i < n; i++) {
        if (states[run + i] == PageState.FREE) {
          wireFree(run + i, 1);
          taken[i] = true;
        }
      }
      return run;
    } finally {
      lock.unlock();
    }
  }

  private int reclaimableRun(PageRequest request) {
    return reclaimable.findAligned(request.pages, request.align, phase(request.align));
  }

  /** The oldest CACHE page outside a run; admission has made sure that there is one. */
  private int cacheOutside(int run, int n) {
    int page = cache.head();
    while (page >= run && page < run + n) {
      page = cache.after(page);
    }
    return page;
  }

  /** The oldest CACHE page, or {@link PageList#NONE}. */
  int oldestCache() {
    lock.lock();
    try {
      return cache.head();
    } finally {
      lock.unlock();
    }
  }

  /** The home of a page that is CACHE at the moment, or null. */
  @Nullable PageHome homeOfCache(int page) {
    lock.lock();
    try {
      return states[page] == PageState.CACHE ? homes[page] : null;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a CACHE page from its home, whose lock the caller has; false if it is no longer so. */
  @SuppressWarnings("ReferenceEquality") // a home is itself, whatever equals says
  boolean wireCache(int page, PageHome home) {
    lock.lock();
    try {
      if (states[page] != PageState.CACHE || homes[page] != home) {
        return false;
      }
      leaveQueue(page);
      enter(page, PageState.WIRED);
      homes[page] = null;
      retainedPeak = Math.max(retainedPeak, retained());
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
      if (states[page] == PageState.CACHE) {
        cache.remove(page);
        cache.addLast(page);
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
  }

  // Pages with contents. The home's lock is held by the caller, except in pageout's moves, which
  // change no identity.

  /** The place of a page in its home. */
  int indexOf(int page) {
    return indexes[page];
  }

  /** Gives a WIRED page a home and its first user. */
  void settle(int page, PageHome home, int index) {
    lock.lock();
    try {
      homes[page] = home;
      indexes[page] = index;
      holds[page] = 1;
      usedBefore[page] = false;
      counts[PageState.WIRED]--;
      enter(page, PageState.HOLD);
    } finally {
      lock.unlock();
    }
  }

  /** Pins a page for one more user. */
  void hold(int page) {
    lock.lock();
    try {
      if (holds[page]++ == 0) {
        leaveQueue(page);
        enter(page, PageState.HOLD);
        retainedPeak = Math.max(retainedPeak, retained());
      }
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
      if (--holds[page] == 0) {
        counts[PageState.HOLD]--;
        enter(page, usedBefore[page] ? PageState.ACTIVE : PageState.INACTIVE);
        usedBefore[page] = true;
      }
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
      if (holds[page] > 0) {
        return false;
      }
      leaveQueue(page);
      enter(page, PageState.WIRED);
      homes[page] = null;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Makes an INACTIVE or ACTIVE page CACHE at once; others stay what they are. */
  void cacheNow(int page) {
    PageRequest woken = null;
    lock.lock();
    try {
      if (states[page] == PageState.INACTIVE || states[page] == PageState.ACTIVE) {
        woken = moveToCache(page);
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /**
   * One step of pageout's aging: the oldest INACTIVE page becomes CACHE, or, where there is none,
   * the oldest ACTIVE page becomes INACTIVE.
   *
   * @return false if there is neither
   */
  boolean ageOne() {
    PageRequest woken = null;
    lock.lock();
    try {
      int page = inactive.head();
      if (page != PageList.NONE) {
        woken = moveToCache(page);
      } else {
        page = active.head();
        if (page == PageList.NONE) {
          return false;
        }
        usedBefore[page] = false;
        leaveQueue(page);
        enter(page, PageState.INACTIVE);
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
    return true;
  }

  private @Nullable PageRequest moveToCache(int page) {
    leaveQueue(page);
    enter(page, PageState.CACHE);
    return progressed();
  }

  private void leaveQueue(int page) {
    switch (states[page]) {
      case PageState.CACHE -> {
        cache.remove(page);
        reclaimable.remove(page, 1);
      }
      case PageState.INACTIVE -> inactive.remove(page);
      case PageState.ACTIVE -> active.remove(page);
      default -> throw new IllegalStateException("page " + page + " is " + describe(page));
    }
    counts[states[page]]--;
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

  /** The state of a page in words, for error messages. */
  public String describe(int page) {
    return PageState.name(states[page]);
  }

  // Waiting.

  private boolean standsBehind(PageRequest request) {
    if (!request.standsInLine) {
      return false;
    }
    PageRequest ahead = waiters.aheadOf(request);
    return ahead != null && !(holdLifted && request.pages < ahead.pages);
  }

  private boolean admits(PageRequest request) {
    int floor = levels.floor(request.floorLevel);
    return admitsFromFree(request, floor)
        || (request.mayReclaim && admitsWithReclaim(request, floor));
  }

  private boolean admitsFromFree(PageRequest request, int floor) {
    return counts[PageState.FREE] - request.pages >= floor
        && free.findAligned(request.pages, request.align, phase(request.align)) >= 0;
  }

  private boolean admitsWithReclaim(PageRequest request, int floor) {
    int cached = counts[PageState.CACHE];
    return cached > 0
        && Math.max(0, counts[PageState.FREE] - floor) + cached >= request.pages
        && reclaimableRun(request) >= 0;
  }

  /** Notes that pages came, and gives the waiter whose turn it is, if they serve it. */
  private @Nullable PageRequest progressed() {
    progress++;
    holdLifted = false;
    return nextWoken();
  }

  private @Nullable PageRequest nextWoken() {
    PageRequest first = waiters.first();
    if (first == null || first.signalled || !(closed || admits(first))) {
      return null;
    }
    first.signalled = true;
    return first;
  }

  private static void wake(@Nullable PageRequest request) {
    if (request != null && request.sleeper != null) {
      request.sleeper.wake();
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

  /** Marks a waiter as trying: whatever happens from here on signals it again. */
  void beginAttempt(PageRequest request) {
    lock.lock();
    request.signalled = false;
    lock.unlock();
  }

  /** Takes a request out of the queue, served or not, and wakes the next. */
  void leave(PageRequest request) {
    PageRequest woken;
    lock.lock();
    try {
      waiters.remove(request);
      woken = nextWoken();
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
        woken = nextWoken();
      } finally {
        lock.unlock();
      }
      wake(woken);
    }
  }

  /** A block was freed: wakes the first waiter that it would serve. */
  public void blockFreed(int blockClass, int zoneOwner) {
    PageRequest woken;
    lock.lock();
    try {
      progress++;
      woken = waiters.firstForBlock(blockClass, zoneOwner);
      if (woken != null) {
        woken.signalled = true;
      }
    } finally {
      lock.unlock();
    }
    wake(woken);
  }

  /** Lifts the hold on freed pages for requests smaller than the head's, until a page is freed. */
  void liftHold(long progressSeen) {
    lock.lock();
    if (progress == progressSeen) {
      holdLifted = true;
    }
    lock.unlock();
  }

  /** Signals every waiter that there is nothing more to come. */
  void close() {
    PageRequest first;
    lock.lock();
    try {
      closed = true;
      first = nextWoken();
    } finally {
      lock.unlock();
    }
    wake(first);
  }

  /** Holds the state against the numbered invariants; for tests, while nobody is under way. */
  public void checkInvariants() {
    lock.lock();
    try {
      int[] seen = new int[PageState.COUNT];
      for (int page = 0; page < pages; page++) {
        byte state = states[page];
        seen[state]++;
        boolean isFree = state == PageState.FREE;
        check(free.contains(page) == isFree, "I2", page);
        check(reclaimable.contains(page) == (isFree || state == PageState.CACHE), "I2", page);
        check((holds[page] > 0) == (state == PageState.HOLD), "I4", page);
        check(state == PageState.WIRED || (homes[page] == null) == isFree, "I5", page);
      }
      int total = 0;
      for (int state = 0; state < PageState.COUNT; state++) {
        check(seen[state] == counts[state], "I1", state);
        total += counts[state];
      }
      check(total == pages, "I1", total);
      checkList(cache, PageState.CACHE);
      checkList(inactive, PageState.INACTIVE);
      checkList(active, PageState.ACTIVE);
      PageRequest first = waiters.first();
      check(first == null || first.signalled || !admits(first), "I6", waiters.count());
    } finally {
      lock.unlock();
    }
  }

  private void checkList(PageList list, byte state) {
    check(list.size() == counts[state], "I3", state);
    for (int page = list.head(); page != PageList.NONE; page = list.after(page)) {
      check(states[page] == state, "I3", page);
    }
  }

  private static void check(boolean holds, String invariant, int where) {
    if (!holds) {
      throw new IllegalStateException("page queues: " + invariant + " is violated at " + where);
    }
  }
}
