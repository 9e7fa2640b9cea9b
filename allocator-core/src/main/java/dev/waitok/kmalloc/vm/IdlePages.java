package dev.waitok.kmalloc.vm;

/**
 * Which FREE pages still have memory behind them, and which of these have had it unused for long.
 * Guarded by the page queues' lock.
 *
 * <p>Two sets, the pages freed in this period and those freed before it, change places when a
 * period ends: no page is looked at for that. A page that is taken leaves both; one whose memory
 * has been given back is in neither until it has been used again. So a page of the older set has
 * been FREE for a whole period, and for two at most once the older set is always emptied.
 */
final class IdlePages {
  private static final int WORD = 64;

  private final int pages;
  private long[] freedNow;
  private long[] freedBefore;
  private int count;

  IdlePages(int pages) {
    this.pages = pages;
    int words = (pages + WORD - 1) / WORD;
    this.freedNow = new long[words];
    this.freedBefore = new long[words];
  }

  /** How many FREE pages have memory behind them. */
  int count() {
    return count;
  }

  /** Used pages became FREE. */
  void freed(int page, int n) {
    for (int p = page; p < page + n; p = nextWord(p)) {
      freedNow[p / WORD] |= mask(p, page + n);
    }
    count += n;
  }

  /** FREE pages are taken. */
  void taken(int page, int n) {
    for (int p = page; p < page + n; p = nextWord(p)) {
      int word = p / WORD;
      long mask = mask(p, page + n);
      count -= Long.bitCount((freedNow[word] | freedBefore[word]) & mask);
      freedNow[word] &= ~mask;
      freedBefore[word] &= ~mask;
    }
  }

  /** A period ends: what was freed in it is older from here on. */
  void endPeriod() {
    long[] before = freedBefore;
    freedBefore = freedNow;
    freedNow = before;
  }

  /**
   * The highest idle page below one, looking at {@code words} words at most.
   *
   * @param alsoNow whether pages freed in this period count
   * @return the page; or, below 0, {@code -1 - p} where the search ended at p and may go on there
   */
  int highestBelow(int end, boolean alsoNow, int words) {
    int from = end;
    for (int i = 0; i < words && from > 0; i++) {
      int word = (from - 1) / WORD;
      long found = candidates(word, alsoNow) & mask(word * WORD, from);
      if (found != 0) {
        return word * WORD + WORD - 1 - Long.numberOfLeadingZeros(found);
      }
      from = word * WORD;
    }
    return -1 - from;
  }

  /** The first page of the run of idle pages that ends with a page, n pages long at most. */
  int startOfRun(int last, boolean alsoNow, int n) {
    int first = last;
    while (first > 0 && last - first + 1 < n && isIdle(first - 1, alsoNow)) {
      first--;
    }
    return first;
  }

  private boolean isIdle(int page, boolean alsoNow) {
    return (candidates(page / WORD, alsoNow) & (1L << page)) != 0;
  }

  private long candidates(int word, boolean alsoNow) {
    return freedBefore[word] | (alsoNow ? freedNow[word] : 0);
  }

  /** Whether a page has memory behind it, as far as is known here; for checks. */
  boolean contains(int page) {
    return isIdle(page, true);
  }

  /** Whether the number kept is the number of members; for checks. */
  boolean countIsRight() {
    int members = 0;
    for (int page = 0; page < pages; page++) {
      members += contains(page) ? 1 : 0;
    }
    return members == count;
  }

  private static int nextWord(int page) {
    return (page / WORD + 1) * WORD;
  }

  /** The bits of the pages from one on, in its word, below an end. */
  private static long mask(int from, int end) {
    long mask = -1L << from;
    int left = end - from / WORD * WORD;
    return left < WORD ? mask & ((1L << left) - 1) : mask;
  }
}
