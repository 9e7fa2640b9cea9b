package dev.waitok.kmalloc.slab;

/**
 * A few runs of pages that one owner keeps instead of giving them back: a large request of the same
 * length takes one without a page operation. Owner only.
 */
final class RunCache {
  static final int NONE = -1;

  /**
   * So many are looked through for a length: requests of 16 to 64 KiB have twelve, and a program
   * has a few blocks of each in turn.
   */
  private static final int MOST = 16;

  private final int[] firstPage = new int[MOST];
  private final int[] pages = new int[MOST];
  private int count;

  boolean isFull() {
    return count == MOST;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Keeps a run; there must be room. */
  void add(int page, int length) {
    firstPage[count] = page;
    pages[count] = length;
    count++;
  }

  /** Takes the run of a length that came last, or {@link #NONE}. */
  int take(int length) {
    for (int i = count - 1; i >= 0; i--) {
      if (pages[i] == length) {
        int page = firstPage[i];
        removeAt(i);
        return page;
      }
    }
    return NONE;
  }

  private void removeAt(int i) {
    count--;
    System.arraycopy(firstPage, i + 1, firstPage, i, count - i);
    System.arraycopy(pages, i + 1, pages, i, count - i);
  }

  /** The length of the run that has been here longest; there must be one. */
  int oldestLength() {
    return pages[0];
  }

  /** Takes the run that has been here longest; there must be one. */
  int takeOldest() {
    int page = firstPage[0];
    removeAt(0);
    return page;
  }
}
