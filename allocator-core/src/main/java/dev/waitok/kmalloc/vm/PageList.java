package dev.waitok.kmalloc.vm;

/**
 * A first-in first-out list of pages, linked through arrays that all lists share: a page is on one
 * list at most. Guarded by the page queues' lock.
 */
final class PageList {
  static final int NONE = -1;

  private final int[] next;
  private final int[] previous;
  private int head = NONE;
  private int tail = NONE;
  private int size;

  PageList(int[] next, int[] previous) {
    this.next = next;
    this.previous = previous;
  }

  int size() {
    return size;
  }

  /** The page that has been on the list longest, or {@link #NONE}. */
  int head() {
    return head;
  }

  /** The page behind one on the list, or {@link #NONE}. */
  int after(int page) {
    return next[page];
  }

  void addLast(int page) {
    next[page] = NONE;
    previous[page] = tail;
    if (tail == NONE) {
      head = page;
    } else {
      next[tail] = page;
    }
    tail = page;
    size++;
  }

  void remove(int page) {
    int before = previous[page];
    int behind = next[page];
    if (before == NONE) {
      head = behind;
    } else {
      next[before] = behind;
    }
    if (behind == NONE) {
      tail = before;
    } else {
      previous[behind] = before;
    }
    size--;
  }
}
