package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * A request for 1 MiB in a stream of requests for five pages that want more than there is: what
 * they free is gathered for it. Not so where the stream is of blocks: these go from hand to hand
 * inside their zones and never become pages.
 */
final class FairWait implements Scenario {
  private static final int THREADS = 600;
  private static final double BOUND = 5;

  @Override
  public ScenarioResult run() throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      MallocType stream = kmalloc.type("stream");
      MallocType large = kmalloc.type("large");
      AtomicBoolean going = new AtomicBoolean(true);
      LongAdder served = new LongAdder();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  while (going.get()) {
                    long block = stream.kmallocAddress(5L * PAGE);
                    LockSupport.parkNanos(1_000);
                    stream.kfree(block);
                    served.increment();
                  }
                }));
      }
      while (kmalloc.pageStatistics().waiting() < THREADS / 4) {
        Thread.onSpinWait();
      }
      double worst = 0;
      for (int i = 0; i < 5; i++) {
        long from = System.nanoTime();
        try {
          MemorySegment block = large.kmalloc(MIB, Duration.ofSeconds(10));
          worst = Math.max(worst, Scenario.secondsSince(from));
          large.kfree(block);
        } catch (KmallocTimeoutException e) {
          worst = Math.max(worst, Scenario.secondsSince(from));
        }
      }
      going.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
      return new Figures("fair wait")
          .figure("smallRequests", served.sum())
          .figure("smallWaits", stream.statistics().waits())
          .atMost("worstSeconds", worst, BOUND)
          .result();
    }
  }
}
