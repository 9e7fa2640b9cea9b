package dev.waitok.lwkt.sched;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for one cpu: a list for each of the 32 priorities, first in first out, and
 * a bitmap of the lists that are not empty. A second bitmap knows where threads wait that were
 * raised and may preempt. Owned by the cpu. All operations but {@link #firstRaisedAbove} are
 * constant time, but for a move to a table of twice the size; that one looks through a single list.
 *
 * <p>The lists are linked by numbers: a thread has a place in a table from when it is queued first
 * until it ends. Links that are references would cost the collector's barrier, eight times a
 * switch. Whoever starts a thread makes room for it, so that the cpu allocates nothing.
 */
final class RunQueue {
  static final int LEVELS = 32;

  /** No place: the end of a list. */
  static final int NONE = 0;

  private final int[] heads = new int[LEVELS];
  private final int[] tails = new int[LEVELS];
  private final int[] raised = new int[LEVELS];
  private int used;
  private int usedByRaised;
  private int size;

  /** By place; nobody is at {@link #NONE}. */
  private @Nullable Tcb[] threads;

  /** So many places have been given. */
  private int given = NONE;

  /** The places that were given back, the first so many. */
  private int[] givenBack;

  private int free;

  /** How many threads may be queued. Any thread. */
  private final AtomicInteger expected = new AtomicInteger();

  /** The newest table; the cpu goes over to it when it needs to. Replaced under the monitor. */
  private volatile Room room = new Room(16);

  /** A table that is still empty. */
  private static final class Room {
    final @Nullable Tcb[] threads;
    final int[] givenBack;

    Room(int places) {
      threads = new @Nullable Tcb[places];
      givenBack = new int[places];
    }

    boolean has(int place) {
      return place < threads.length;
    }
  }

  RunQueue() {
    threads = room.threads;
    givenBack = room.givenBack;
  }

  /**
   * Makes room for one more thread. Any thread.
   *
   * @throws OutOfMemoryError nothing has changed
   */
  void expect() {
    int count = expected.incrementAndGet();
    if (!room.has(count)) {
      try {
        enlarge(count);
      } catch (OutOfMemoryError e) {
        expectNoMore();
        throw e;
      }
    }
  }

  /** A thread that was expected has ended, or was not started after all. */
  void expectNoMore() {
    expected.decrementAndGet();
  }

  private synchronized void enlarge(int count) {
    if (!room.has(count)) {
      room = new Room(2 * count);
    }
  }

  void addLast(Tcb thread) {
    int place = placeOf(thread);
    int level = thread.priority;
    int tail = tails[level];
    thread.previous = tail;
    thread.next = NONE;
    if (tail == NONE) {
      heads[level] = place;
      used |= 1 << level;
    } else {
      at(tail).next = place;
    }
    tails[level] = place;
    added(thread, level);
  }

  /** Puts a thread back to where it was taken from. */
  void addFirst(Tcb thread) {
    int place = placeOf(thread);
    int level = thread.priority;
    int head = heads[level];
    thread.next = head;
    thread.previous = NONE;
    if (head == NONE) {
      tails[level] = place;
      used |= 1 << level;
    } else {
      at(head).previous = place;
    }
    heads[level] = place;
    added(thread, level);
  }

  private int placeOf(Tcb thread) {
    return thread.place != NONE ? thread.place : givePlace(thread);
  }

  private int givePlace(Tcb thread) {
    int place = free > 0 ? givenBack[--free] : ++given;
    if (place == threads.length) {
      moveTo(room);
    }
    threads[place] = thread;
    thread.place = place;
    return place;
  }

  private void moveTo(Room larger) {
    System.arraycopy(threads, 0, larger.threads, 0, threads.length);
    threads = larger.threads;
    givenBack = larger.givenBack; // nothing is in the old one, or it would have been taken
  }

  /** A thread that was expected, and is not queued, has ended. */
  void forget(Tcb thread) {
    if (thread.place != NONE) {
      threads[thread.place] = null;
      givenBack[free++] = thread.place;
      thread.place = NONE;
    }
    expectNoMore();
  }

  private Tcb at(int place) {
    Tcb thread = threads[place];
    if (thread == null) {
      throw new IllegalStateException("nobody is at place " + place);
    }
    return thread;
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
    int previous = thread.previous;
    int next = thread.next;
    if (previous == NONE) {
      heads[level] = next;
    } else {
      at(previous).next = next;
    }
    if (next == NONE) {
      tails[level] = previous;
    } else {
      at(next).previous = previous;
    }
    thread.previous = NONE;
    thread.next = NONE;
    if (heads[level] == NONE) {
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

  /** The first thread of a priority, or null. */
  @Nullable Tcb head(int level) {
    return threads[heads[level]];
  }

  /** The thread behind one that is queued, or null. */
  @Nullable Tcb after(Tcb thread) {
    return threads[thread.next];
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
    Tcb thread = head(level);
    while (thread != null && !thread.mayPreempt) {
      thread = after(thread);
    }
    return thread;
  }

  /** How many places the newest table has; for tests. */
  int places() {
    return room.threads.length;
  }

  /** Throws if the lists, the bitmaps and the threads' own state disagree. */
  void check() {
    int count = 0;
    for (int level = 0; level < LEVELS; level++) {
      int raisedHere = 0;
      int previous = NONE;
      for (Tcb t = head(level); t != null; t = after(t)) {
        count++;
        raisedHere += t.mayPreempt ? 1 : 0;
        Invariant.hold(t.previous == previous, "I3: the list of priority %d is broken", level);
        Invariant.hold(threads[t.place] == t, "I3: %s is not at its place", t);
        Invariant.hold(t.priority == level, "I3: %s is queued at priority %d", t, level);
        Invariant.hold(t.is(Tcb.State.READY), "I3: %s is queued but %s", t, t.state());
        Invariant.hold(t.runnable && t.dispatchable, "I3: %s is queued but cannot run", t);
        previous = t.place;
      }
      Invariant.hold(tails[level] == previous, "I3: the tail of priority %d is wrong", level);
      Invariant.hold(
          (used >>> level & 1) == (heads[level] == NONE ? 0 : 1), "I3: bit %d is wrong", level);
      Invariant.hold(raised[level] == raisedHere, "I3: %d raised at %d", raisedHere, level);
      Invariant.hold(
          (usedByRaised >>> level & 1) == (raisedHere == 0 ? 0 : 1), "I3: raised bit %d", level);
    }
    Invariant.hold(count == size, "I3: %d queued, %d counted", count, size);
  }
}
