package dev.waitok.kmalloc.vm;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for pages: first in, first out within a floor; deeper floors go first. Guarded by
 * the page queues' lock, except for {@link #any}.
 */
final class PageWaiters {
  private final @Nullable PageRequest[] heads = new @Nullable PageRequest[PageRequest.LEVELS];
  private final @Nullable PageRequest[] tails = new @Nullable PageRequest[PageRequest.LEVELS];
  private int count;
  private long turns;
  private volatile boolean any;

  /** Whether anybody waits; may be read without the lock. */
  boolean any() {
    return any;
  }

  int count() {
    return count;
  }

  /** How often one has come or gone. */
  long changes() {
    return 2 * turns - count;
  }

  /** Whether somebody needs more than one page. */
  boolean anyNeedsRun() {
    for (PageRequest r = first(); r != null; r = after(r)) {
      if (r.pages > 1) {
        return true;
      }
    }
    return false;
  }

  void add(PageRequest request) {
    int level = request.floorLevel;
    request.waitLevel = level;
    request.waiting = true;
    request.signalled = false;
    request.turn = turns++;
    PageRequest tail = tails[level];
    request.previous = tail;
    request.next = null;
    if (tail == null) {
      heads[level] = request;
    } else {
      tail.next = request;
    }
    tails[level] = request;
    count++;
    any = true;
  }

  void remove(PageRequest request) {
    int level = request.waitLevel;
    PageRequest before = request.previous;
    PageRequest behind = request.next;
    if (before == null) {
      heads[level] = behind;
    } else {
      before.next = behind;
    }
    if (behind == null) {
      tails[level] = before;
    } else {
      behind.previous = before;
    }
    request.next = null;
    request.previous = null;
    request.waiting = false;
    count--;
    any = count > 0;
  }

  /** The one whose turn it is, or null. */
  @Nullable PageRequest first() {
    for (PageRequest head : heads) {
      if (head != null) {
        return head;
      }
    }
    return null;
  }

  /** The one that came last and has not been given up, or null. */
  @Nullable PageRequest youngest() {
    PageRequest youngest = null;
    for (PageRequest r = first(); r != null; r = after(r)) {
      if (!r.stalled && (youngest == null || r.turn > youngest.turn)) {
        youngest = r;
      }
    }
    return youngest;
  }

  /** The one behind another in line: of its floor, else the first of the next floor; or null. */
  @Nullable PageRequest after(PageRequest request) {
    PageRequest behind = request.next;
    for (int level = request.waitLevel + 1; behind == null && level < heads.length; level++) {
      behind = heads[level];
    }
    return behind;
  }

  /** The first in line whom a freed block of this class and owner would serve, or null. */
  @Nullable PageRequest firstFor(int blockClass, int zoneOwner) {
    for (PageRequest r = first(); r != null; r = after(r)) {
      if (r.blockClass == blockClass && r.zoneOwner == zoneOwner) {
        return r;
      }
    }
    return null;
  }

  /** The first one not yet signalled that a freed block of this class and owner would serve. */
  @Nullable PageRequest firstForBlock(int blockClass, int zoneOwner) {
    for (PageRequest head : heads) {
      for (PageRequest r = head; r != null; r = r.next) {
        if (r.blockClass == blockClass && r.zoneOwner == zoneOwner && !r.signalled) {
          return r;
        }
      }
    }
    return null;
  }
}
