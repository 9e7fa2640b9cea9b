package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.MemoryReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Unless told otherwise those who wait go on waiting; the handler sees the types and all of them.
 */
final class KeepWaiting implements Scenario {
  private static final int WAITERS = 5;

  @Override
  public void run(Figures figures) throws InterruptedException {
    Queue<MemoryReport> reports = new ConcurrentLinkedQueue<>();
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(MIB)
            .pageSize(PAGE)
            .reportStallAfter(Duration.ofSeconds(1))
            .onStall(reports::add)
            .build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType type = kmalloc.type("patient");
      LongAdder gaveUp = new LongAdder();
      LongAdder served = new LongAdder();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  try {
                    type.kfree(type.kmalloc(PAGE, Duration.ofSeconds(30)));
                    served.increment();
                  } catch (KmallocTimeoutException e) {
                    gaveUp.increment();
                  }
                }));
      }
      long from = System.nanoTime();
      while (reports.isEmpty() && Scenario.secondsSince(from) < 10) {
        Thread.onSpinWait();
      }
      double seconds = Scenario.secondsSince(from);
      filled.free();
      for (Thread thread : threads) {
        thread.join();
      }
      MemoryReport report = reports.element();
      figures
          .atMost("secondsToTheHandler", seconds, 5)
          .exactly("waitersInTheReport", report.waiters().size(), WAITERS)
          .exactly("typesInTheReport", report.types().size(), 2)
          .exactly("servedAfterTheStall", served.sum(), WAITERS)
          .exactly("gaveUpByDefault", gaveUp.sum(), 0);
    }
  }
}
