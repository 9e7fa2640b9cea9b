package dev.waitok.benchmarks.scheduler;

/** Lets two threads that share one carrier begin together. */
final class Gate {
  private volatile int missing = 2;

  /** Comes in, and gives way until the other one has come. */
  void await(Runnable giveWay) {
    synchronized (this) {
      missing--;
    }
    while (missing > 0) {
      giveWay.run();
    }
  }
}
