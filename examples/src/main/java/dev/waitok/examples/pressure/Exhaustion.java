package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.MemoryReport;
import dev.waitok.kmalloc.MemoryStalledException;
import dev.waitok.kmalloc.StallPolicy;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Somebody waits and nothing comes any more: it is found, reported, and the youngest gives up. */
final class Exhaustion implements Scenario {
  @Override
  public void run(Figures figures) {
    Queue<MemoryReport> reports = new ConcurrentLinkedQueue<>();
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(MIB)
            .pageSize(PAGE)
            .reportStallAfter(Duration.ofSeconds(1))
            .onStall(StallPolicy.THROW_TO_YOUNGEST)
            .onStall(reports::add)
            .build()) {
      MallocType holder = kmalloc.type("holder");
      while (holder.tryKmallocAddress(PAGE, M_INTNOWAIT) >= 0) {
        Thread.onSpinWait();
      }
      long from = System.nanoTime();
      int gaveUp = 0;
      try {
        holder.kmallocAddress(PAGE);
      } catch (MemoryStalledException e) {
        gaveUp++;
      }
      figures
          .atLeast("gaveUp", gaveUp, 1)
          .atLeast("reports", reports.size(), 1)
          .atLeast("waitersReported", reports.isEmpty() ? 0 : reports.element().waiters().size(), 1)
          .atMost("seconds", Scenario.secondsSince(from), 5);
    }
  }
}
