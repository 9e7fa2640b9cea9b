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
 * A request for 1 MiB in a stream of requests for 1 KiB that want twice as much as there is, from
 * thousands of threads: the blocks go from hand to hand inside their zones, so a run of pages is
 * made for it.
 */
final class FairWait implements Scenario {
  private static final int THREADS = 8_000;

  /** So often the stream may free as much as is asked for before it is served, after the relief. */
  private static final int TURNS = 20;

  /** Pages are kept for who waits longest until nothing came for a second. */
  private static final double RELIEF_SECONDS = 1;

  @Override
  public void run(Figures figures) throws InterruptedException {
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
                    long block = stream.kmallocAddress(1024);
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
      long servedBefore = served.sum();
      long begin = System.nanoTime();
      for (int i = 0; i < 3; i++) {
        long from = System.nanoTime();
        try {
          MemorySegment block = large.kmalloc(MIB, Duration.ofSeconds(60));
          worst = Math.max(worst, Scenario.secondsSince(from));
          large.kfree(block);
        } catch (KmallocTimeoutException e) {
          worst = Math.max(worst, Scenario.secondsSince(from));
        }
      }
      double turn = Scenario.secondsSince(begin) * 1024 / Math.max(1, served.sum() - servedBefore);
      going.set(false);
      for (Thread thread : threads) {
        thread.join();
      }
      figures
          .figure("smallRequests", served.sum())
          .figure("smallWaits", stream.statistics().waits())
          .figure("secondsTheStreamNeedsToFreeAsMuch", turn)
          .atMost("worstSeconds", worst, RELIEF_SECONDS + TURNS * turn);
    }
  }
}
