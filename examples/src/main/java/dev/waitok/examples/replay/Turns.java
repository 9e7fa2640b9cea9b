package dev.waitok.examples.replay;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Keeps the threads of a replay close to the order of the file: nobody starts an event that is more
 * than a window ahead of the oldest event that is not done yet. So the memory in use stays close to
 * what was recorded, and the thread with the oldest event is never held up by another one.
 */
final class Turns {
  /** Wide enough that threads rarely wait for it, narrow against the length of a trace. */
  static final int WINDOW = 1024;

  private static final int DONE = Integer.MAX_VALUE;

  private final AtomicIntegerArray next;

  Turns(int threads) {
    next = new AtomicIntegerArray(threads);
  }

  /** A thread is about to do an event; all its earlier ones are done. */
  void reach(int thread, int event) {
    next.setRelease(thread, event);
  }

  /** A thread has no event left. */
  void finish(int thread) {
    next.setRelease(thread, DONE);
  }

  /** Whether an event may start now. */
  boolean mayStart(int event) {
    return event - oldest() <= WINDOW;
  }

  /** The oldest event that is not known to be done. */
  int oldest() {
    int oldest = DONE;
    for (int i = 0; i < next.length(); i++) {
      oldest = Math.min(oldest, next.getAcquire(i));
    }
    return oldest;
  }
}
