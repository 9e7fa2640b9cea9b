package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * What is kept for a large request is let to a small one behind it once nothing came for a second.
 */
final class Relief implements Scenario {
  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.ordinary(kmalloc);
      filled.freeOne();
      MallocType type = kmalloc.type("line");
      CompletableFuture<MemorySegment> large = type.kmallocAsync(64L * PAGE);
      while (kmalloc.pageStatistics().waiting() < 1) {
        Thread.onSpinWait();
      }
      long from = System.nanoTime();
      long small = type.kmallocAddress(PAGE);
      double seconds = Scenario.secondsSince(from);
      figures
          .exactly("largeOneServedBeforeTheRelief", large.isDone() ? 1 : 0, 0)
          .atLeast("secondsToTheRelief", seconds, 0.5)
          .atMost("secondsToTheReliefOfOne", seconds, 5);
      type.kfree(small);
      filled.free();
      type.kfree(large.join());
    }
  }
}
