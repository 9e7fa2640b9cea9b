package dev.waitok.benchmarks.scheduler;

/** Lets time pass without giving the processor away. */
final class Pause {
  private Pause() {}

  static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
