package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;

/** Threads that came, allocated, freed and died leave nothing behind. */
final class DeadThreads implements Scenario {
  private static final int THREADS = 1000;

  @Override
  public void run(Figures figures) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64 * MIB).pageSize(PAGE).stripes(2).build()) {
      MallocType type = kmalloc.type("dead");
      for (int i = 0; i < THREADS; i++) {
        long size = 64L << i % 8;
        Thread thread =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int n = 0; n < 10; n++) {
                        type.kfree(type.kmallocAddress(size));
                      }
                    });
        thread.join();
      }
      long from = System.nanoTime();
      while (kmalloc.report().retained() > 0 && Scenario.secondsSince(from) < 4) {
        Thread.onSpinWait();
      }
      figures
          .figure("deadThreads", THREADS)
          .atMost("keptOfDeadThreads", kmalloc.report().retained(), 2L * 8 * 128 * 1024);
    }
  }
}
