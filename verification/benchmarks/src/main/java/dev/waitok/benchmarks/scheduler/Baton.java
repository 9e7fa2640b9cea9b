package dev.waitok.benchmarks.scheduler;

import java.util.concurrent.locks.LockSupport;

/** Two threads that take turns: each hands over by unpark and waits by park. */
final class Baton {
  private final int turns;
  private volatile int next;
  private final Thread[] threads = new Thread[2];

  Baton(int turns) {
    this.turns = turns;
  }

  /** Sets who takes turns; to be called before either runs. */
  void between(Thread first, Thread second) {
    threads[0] = first;
    threads[1] = second;
  }

  /** Takes one thread's turns. */
  void play(int me) {
    Thread other = threads[1 - me];
    for (int i = 0; i < turns; i++) {
      while (next != me) {
        LockSupport.park(this);
      }
      next = 1 - me;
      LockSupport.unpark(other);
    }
  }
}
