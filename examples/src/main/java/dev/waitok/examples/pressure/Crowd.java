package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ten thousand virtual threads on two stripes: what is cached is bounded by the stripes. */
final class Crowd implements Scenario {
  private static final int THREADS = 10_000;

  /** When memory that nobody uses has gone back. */
  private static final long GIVEN_BACK_NANOS = 2_000_000_000L;

  private static final long ARENA = 64 * MIB;

  @Override
  public void run(Figures figures) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(ARENA).pageSize(PAGE).stripes(2).build()) {
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
      long since = System.nanoTime();
      long later = kept;
      while (later > bound && System.nanoTime() - since < GIVEN_BACK_NANOS) {
        TimeUnit.MILLISECONDS.sleep(20);
        later = kmalloc.report().retained();
      }
      figures
          .figure("threads", THREADS)
          .atMost("cachedAtPeak", cached, bound)
          .atMost("keptWhenAllAreGone", kept, ARENA / 8) // what may idle, over all stripes
          .atMost("keptTwoSecondsLater", later, bound);
    }
  }
}
