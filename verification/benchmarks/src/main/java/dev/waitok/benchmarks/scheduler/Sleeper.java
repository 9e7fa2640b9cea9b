package dev.waitok.benchmarks.scheduler;

import java.util.concurrent.locks.LockSupport;

/** A thread that parks until it is told to answer, and answers with its first instruction. */
final class Sleeper {
  /** Longer than a thread needs from its last instruction to its sleep. */
  private static final long SETTLE_NANOS = 60_000;

  private final Thread thread;
  private volatile boolean asked;
  private volatile boolean ended;

  Sleeper(Thread.Builder builder) {
    thread = builder.unstarted(this::live);
    thread.start();
  }

  private void live() {
    while (!ended) {
      LockSupport.park(this);
      asked = false;
    }
  }

  /** Waits until it sleeps. */
  void settle() {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Pause.spin(SETTLE_NANOS);
  }

  /** Wakes it and waits for its first instruction. */
  void ask() {
    asked = true;
    LockSupport.unpark(thread);
    while (asked) {
      Thread.onSpinWait();
    }
  }

  void end() throws InterruptedException {
    ended = true;
    LockSupport.unpark(thread);
    thread.join();
  }
}
