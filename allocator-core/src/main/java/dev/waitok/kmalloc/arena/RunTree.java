package dev.waitok.kmalloc.arena;

/**
 * A set of pages that answers "is there a run of n, and where is the lowest" exactly.
 *
 * <p>Not thread-safe: the owner's lock guards it. A change costs one word for each 64 pages it
 * touches and one step for each level of the tree above; a question costs one step a level.
 */
public final class RunTree {
  /*
   * A bitmap, 64 pages a word, with a binary tree of summaries over the words. A summary says of its
   * span of pages: how many members it begins with (prefix), ends with (suffix), and the longest run
   * inside (best). Two neighbours make their parent:
   *
   *     prefix = left is full  ? span + right.prefix : left.prefix
   *     suffix = right is full ? span + left.suffix  : right.suffix
   *     best   = max(left.best, right.best, left.suffix + right.prefix)
   *
   * so runs coalesce by themselves and the root's best is the exact length of the longest run.
   * The lowest fitting run is preferred: a plain descent, and it keeps the high end of the arena
   * whole. The same structure with a wider fan-out serves Go's page heap (M. Knyszek, "Scaling the
   * Go page allocator", 2019).
   *
   * Node 1 is the root, node i has children 2i and 2i+1, word w is node leaves + w.
   */
  private static final int WORD = 64;

  private final int pages;
  private final int leaves;
  private final long[] bits;
  private final int[] prefix;
  private final int[] suffix;
  private final int[] best;

  /**
   * An empty set.
   *
   * @param pages how many pages there are, numbered from 0
   */
  public RunTree(int pages) {
    this.pages = pages;
    int words = (pages + WORD - 1) / WORD;
    this.leaves = Math.max(1, Integer.highestOneBit(Math.max(1, words - 1)) << (words > 1 ? 1 : 0));
    this.bits = new long[leaves];
    this.prefix = new int[2 * leaves];
    this.suffix = new int[2 * leaves];
    this.best = new int[2 * leaves];
  }

  /** The length of the longest run of members, in pages. */
  public int longest() {
    return best[1];
  }

  /** Whether a page is a member. */
  public boolean contains(int page) {
    return (bits[page >> 6] & (1L << page)) != 0;
  }

  /** How many of the pages {@code from .. from+n-1} are members. */
  public int count(int from, int n) {
    int end = from + n;
    int count = 0;
    for (int word = from >> 6; word << 6 < end; word++) {
      count += Long.bitCount(bits[word] & mask(word, from, end));
    }
    return count;
  }

  /** Makes the n pages from {@code from} members. */
  public void add(int from, int n) {
    int end = from + n;
    for (int word = from >> 6; word << 6 < end; word++) {
      bits[word] |= mask(word, from, end);
    }
    summarize(from >> 6, (end - 1) >> 6);
  }

  /** Makes those of the n pages from {@code from} members that are another set's. */
  public void addAll(RunTree other, int from, int n) {
    int end = from + n;
    for (int word = from >> 6; word << 6 < end; word++) {
      bits[word] |= other.bits[word] & mask(word, from, end);
    }
    summarize(from >> 6, (end - 1) >> 6);
  }

  /** Makes those of the n pages from {@code from} no members that are another set's. */
  public void removeAll(RunTree other, int from, int n) {
    int end = from + n;
    for (int word = from >> 6; word << 6 < end; word++) {
      bits[word] &= ~(other.bits[word] & mask(word, from, end));
    }
    summarize(from >> 6, (end - 1) >> 6);
  }

  /** Makes the n pages from {@code from} no members. */
  public void remove(int from, int n) {
    int end = from + n;
    for (int word = from >> 6; word << 6 < end; word++) {
      bits[word] &= ~mask(word, from, end);
    }
    summarize(from >> 6, (end - 1) >> 6);
  }

  /**
   * The lowest run of n members.
   *
   * @return its first page, or -1 if no run is that long
   */
  public int find(int n) {
    if (best[1] < n) {
      return -1;
    }
    int node = 1;
    int base = 0;
    int span = leaves * WORD;
    while (node < leaves) {
      int left = 2 * node;
      span >>= 1;
      if (best[left] >= n) {
        node = left;
      } else if (suffix[left] + prefix[left + 1] >= n) {
        return base + span - suffix[left];
      } else {
        node = left + 1;
        base += span;
      }
    }
    return base + lowestRun(bits[node - leaves], n);
  }

  /**
   * The lowest run of n members whose first page p makes {@code p + phase} a multiple of align.
   *
   * <p>Costs one look at each aligned place, so it is for the rare caller with an alignment above a
   * page.
   *
   * @param align a power of two, in pages
   * @param phase the page number of page 0 within the alignment
   * @return the first page, or -1
   */
  public int findAligned(int n, int align, int phase) {
    if (align == 1) {
      return find(n);
    }
    if (best[1] < n) {
      return -1;
    }
    for (int p = (align - phase) & (align - 1); p <= pages - n; p += align) {
      if (count(p, n) == n) {
        return p;
      }
    }
    return -1;
  }

  private static long mask(int word, int from, int end) {
    int base = word << 6;
    long mask = -1L;
    if (from > base) {
      mask &= -1L << (from - base);
    }
    if (end < base + WORD) {
      mask &= (1L << (end - base)) - 1;
    }
    return mask;
  }

  private void summarize(int firstWord, int lastWord) {
    int low = leaves + firstWord;
    int high = leaves + lastWord;
    for (int node = low; node <= high; node++) {
      long word = bits[node - leaves];
      prefix[node] = Long.numberOfTrailingZeros(~word);
      suffix[node] = Long.numberOfLeadingZeros(~word);
      best[node] = longestRun(word);
    }
    int span = WORD;
    while (low > 1) {
      low >>= 1;
      high >>= 1;
      boolean changed = false;
      for (int node = low; node <= high; node++) {
        changed |= join(node, span);
      }
      if (!changed && low == high) {
        return;
      }
      span <<= 1;
    }
  }

  private boolean join(int node, int span) {
    int left = 2 * node;
    int right = left + 1;
    int newPrefix = prefix[left] == span ? span + prefix[right] : prefix[left];
    int newSuffix = suffix[right] == span ? span + suffix[left] : suffix[right];
    int newBest = Math.max(Math.max(best[left], best[right]), suffix[left] + prefix[right]);
    boolean changed =
        newPrefix != prefix[node] || newSuffix != suffix[node] || newBest != best[node];
    prefix[node] = newPrefix;
    suffix[node] = newSuffix;
    best[node] = newBest;
    return changed;
  }

  /** The longest run of ones in a word: the largest length built from 32, 16, 8, 4, 2 and 1. */
  static int longestRun(long word) {
    if (word == -1L) {
      return WORD;
    }
    long found = -1L;
    int length = 0;
    for (int step = WORD / 2; step > 0; step >>= 1) {
      long longer = found & (runStarts(word, step) >>> length);
      if (longer != 0) {
        found = longer;
        length += step;
      }
    }
    return length;
  }

  /** The position of the lowest run of n ones in a word that has one; n is 1 to 64. */
  static int lowestRun(long word, int n) {
    return Long.numberOfTrailingZeros(runStarts(word, n));
  }

  /** The positions at which n ones follow one another; n is 1 to 64. */
  private static long runStarts(long word, int n) {
    long starts = word;
    int covered = 1;
    while (covered < n) {
      int step = Math.min(covered, n - covered);
      starts &= starts >>> step;
      covered += step;
    }
    return starts;
  }
}
