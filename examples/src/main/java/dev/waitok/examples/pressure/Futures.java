package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Futures of blocks are served in turn; those cancelled or timed out lose no memory. */
final class Futures implements Scenario {
  private static final int ASKED = 300;

  @Override
  public void run(Figures figures) throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType asker = kmalloc.type("asker");
      List<CompletableFuture<MemorySegment>> futures = new ArrayList<>();
      for (int i = 0; i < ASKED; i++) {
        CompletableFuture<MemorySegment> future = asker.kmallocAsync(PAGE);
        futures.add(i % 3 == 1 ? future.orTimeout(50, TimeUnit.MILLISECONDS) : future);
      }
      int cancelled = 0;
      int timedOut = 0;
      for (int i = 0; i < ASKED; i += 3) {
        cancelled += futures.get(i).cancel(false) ? 1 : 0;
        timedOut += futures.get(i + 1).handle((block, failure) -> failure != null ? 1 : 0).join();
      }
      filled.free();
      int served = 0;
      for (int i = 2; i < ASKED; i += 3) {
        asker.kfree(futures.get(i).get());
        served++;
      }
      long from = System.nanoTime();
      while (asker.statistics().bytes() != 0 && Scenario.secondsSince(from) < 2) {
        Thread.onSpinWait();
      }
      figures
          .exactly("futuresCancelled", cancelled, ASKED / 3)
          .exactly("futuresTimedOut", timedOut, ASKED / 3)
          .exactly("futuresServed", served, ASKED / 3)
          .exactly("bytesLost", asker.statistics().bytes(), 0);
    }
  }
}
