package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** Waits with a deadline end at it; futures are served, and those given up lose no memory. */
final class BoundedWaits implements Scenario {
  private static final int WAITS = 200;
  private static final Duration DEADLINE = Duration.ofMillis(100);

  /** How much later than its deadline a wait may be seen to end on a loaded machine. */
  private static final double LATE_SECONDS = 1;

  @Override
  public ScenarioResult run() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      MallocType holder = kmalloc.type("holder");
      MallocType asker = kmalloc.type("asker");
      List<Long> held = new ArrayList<>();
      for (long b = holder.tryKmallocAddress(8L * PAGE, M_INTNOWAIT);
          b >= 0;
          b = holder.tryKmallocAddress(8L * PAGE, M_INTNOWAIT)) {
        held.add(b);
      }
      Figures figures = new Figures("bounded waits");
      deadlines(asker, figures);
      List<CompletableFuture<MemorySegment>> futures = new ArrayList<>();
      for (int i = 0; i < WAITS; i++) {
        futures.add(asker.kmallocAsync(PAGE));
      }
      int cancelled = 0;
      for (int i = 0; i < WAITS; i += 2) {
        cancelled += futures.get(i).cancel(false) ? 1 : 0;
      }
      held.forEach(holder::kfree);
      int completed = 0;
      for (int i = 1; i < WAITS; i += 2) {
        asker.kfree(futures.get(i).get());
        completed++;
      }
      long from = System.nanoTime();
      while (asker.statistics().bytes() != 0 && Scenario.secondsSince(from) < 2) {
        Thread.onSpinWait();
      }
      return figures
          .figure("futuresCancelled", cancelled)
          .atLeast("futuresServed", completed, WAITS / 2)
          .atMost("bytesLost", asker.statistics().bytes(), 0)
          .result();
    }
  }

  private static void deadlines(MallocType asker, Figures figures) throws InterruptedException {
    LongAdder timeouts = new LongAdder();
    List<Thread> threads = new ArrayList<>();
    long from = System.nanoTime();
    for (int i = 0; i < WAITS; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  asker.kfree(asker.kmalloc(PAGE, DEADLINE));
                } catch (KmallocTimeoutException e) {
                  timeouts.increment();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    figures
        .atLeast("timeouts", timeouts.sum(), WAITS)
        .atMost("lastSeconds", Scenario.secondsSince(from), 0.1 + LATE_SECONDS);
  }
}
