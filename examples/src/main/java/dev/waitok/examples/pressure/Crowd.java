package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Ten thousand virtual threads on two stripes: what is cached is bounded by the stripes. */
final class Crowd implements Scenario {
  private static final int THREADS = 10_000;

  @Override
  public ScenarioResult run() throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64 * MIB).pageSize(PAGE).stripes(2).build()) {
      MallocType type = kmalloc.type("crowd");
      CountDownLatch allHave = new CountDownLatch(THREADS);
      CountDownLatch free = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long size = 64L << i % 5;
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  long block = type.kmallocAddress(size);
                  allHave.countDown();
                  try {
                    free.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  type.kfree(block);
                }));
      }
      allHave.await();
      long cached = kmalloc.report().cached();
      free.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      long kept = kmalloc.report().retained();
      // Two stripes, five classes, a zone of each: some of it in use, at most that much beside.
      long bound = 2L * 5 * 128 * 1024;
      return new Figures("virtual threads")
          .figure("threads", THREADS)
          .atMost("cachedAtPeak", cached, bound)
          .atMost("keptWhenAllAreGone", kept, bound)
          .result();
    }
  }
}
