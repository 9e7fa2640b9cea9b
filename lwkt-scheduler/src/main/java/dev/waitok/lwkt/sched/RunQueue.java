package dev.waitok.lwkt.sched;

import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for one cpu: a list for each of the 32 priorities, first in first out, and
 * a bitmap of the lists that are not empty. A second bitmap knows where threads wait that were
 * raised and may preempt. Owned by the cpu; all operations but {@link #firstRaisedAbove} are
 * constant time, and that one looks through a single list.
 */
final class RunQueue {
  static final int LEVELS = 32;

  private final @Nullable Tcb[] heads = new @Nullable Tcb[LEVELS];
  private final @Nullable Tcb[] tails = new @Nullable Tcb[LEVELS];
  private final int[] raised = new int[LEVELS];
  private int used;
  private int usedByRaised;
  private int size;

  void addLast(Tcb thread) {
    int level = thread.priority;
    Tcb tail = tails[level];
    thread.previous = tail;
    thread.next = null;
    if (tail == null) {
      heads[level] = thread;
      used |= 1 << level;
    } else {
      tail.next = thread;
    }
    tails[level] = thread;
    added(thread, level);
  }

  /** Puts a thread back to where it was taken from. */
  void addFirst(Tcb thread) {
    int level = thread.priority;
    Tcb head = heads[level];
    thread.next = head;
    thread.previous = null;
    if (head == null) {
      tails[level] = thread;
      used |= 1 << level;
    } else {
      head.previous = thread;
    }
    heads[level] = thread;
    added(thread, level);
  }

  private void added(Tcb thread, int level) {
    size++;
    if (thread.mayPreempt) {
      raised[level]++;
      usedByRaised |= 1 << level;
    }
  }

  void remove(Tcb thread) {
    int level = thread.priority;
    Tcb previous = thread.previous;
    Tcb next = thread.next;
    if (previous == null) {
      heads[level] = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      tails[level] = previous;
    } else {
      next.previous = previous;
    }
    thread.previous = null;
    thread.next = null;
    if (heads[level] == null) {
      used &= ~(1 << level);
    }
    size--;
    if (thread.mayPreempt && --raised[level] == 0) {
      usedByRaised &= ~(1 << level);
    }
  }

  boolean isEmpty() {
    return used == 0;
  }

  int size() {
    return size;
  }

  /** The highest priority at which somebody waits, or -1. */
  int top() {
    return 31 - Integer.numberOfLeadingZeros(used);
  }

  /** The highest priority not above the given one at which somebody waits, or -1. */
  int topAtMost(int level) {
    return level < 0 ? -1 : 31 - Integer.numberOfLeadingZeros(used & (-1 >>> (31 - level)));
  }

  @Nullable Tcb head(int level) {
    return heads[level];
  }

  /** Whether somebody waits who was raised and has not run since. */
  boolean hasRaised() {
    return usedByRaised != 0;
  }

  /** The raised thread of the highest priority above the given one; the first among equals. */
  @Nullable Tcb firstRaisedAbove(int priority) {
    int level = 31 - Integer.numberOfLeadingZeros(usedByRaised);
    if (level <= priority) {
      return null;
    }
    Tcb thread = heads[level];
    while (thread != null && !thread.mayPreempt) {
      thread = thread.next;
    }
    return thread;
  }

  /** Throws if the lists, the bitmaps and the threads' own state disagree. */
  void check() {
    int count = 0;
    for (int level = 0; level < LEVELS; level++) {
      int raisedHere = 0;
      Tcb previous = null;
      for (Tcb t = heads[level]; t != null; t = t.next) {
        count++;
        raisedHere += t.mayPreempt ? 1 : 0;
        Invariant.hold(t.previous == previous, "I3: the list of priority %d is broken", level);
        Invariant.hold(t.priority == level, "I3: %s is queued at priority %d", t, level);
        Invariant.hold(t.state == Tcb.State.READY, "I3: %s is queued but %s", t, t.state);
        Invariant.hold(t.runnable && t.dispatchable, "I3: %s is queued but cannot run", t);
        previous = t;
      }
      Invariant.hold(tails[level] == previous, "I3: the tail of priority %d is wrong", level);
      Invariant.hold(
          (used >>> level & 1) == (heads[level] == null ? 0 : 1), "I3: bit %d is wrong", level);
      Invariant.hold(raised[level] == raisedHere, "I3: %d raised at %d", raisedHere, level);
      Invariant.hold(
          (usedByRaised >>> level & 1) == (raisedHere == 0 ? 0 : 1), "I3: raised bit %d", level);
    }
    Invariant.hold(count == size, "I3: %d queued, %d counted", count, size);
  }
}
