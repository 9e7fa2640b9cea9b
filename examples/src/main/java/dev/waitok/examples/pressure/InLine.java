package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Blocks of one page come to waiters one at a time: first in, first out, threads and futures in one
 * line.
 */
final class InLine implements Scenario {
  private static final int WAITERS = 40;

  @Override
  public void run(Figures figures) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType type = kmalloc.type("line");
      LongAdder outOfOrder = new LongAdder();
      AtomicInteger next = new AtomicInteger();
      List<CompletableFuture<MemorySegment>> futures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        int place = i;
        if (i % 2 == 0) {
          futures.add(type.kmallocAsync(8L * PAGE));
        } else {
          threads.add(
              Thread.startVirtualThread(
                  () -> {
                    MemorySegment block = type.kmalloc(8L * PAGE);
                    // Every future in front of it has its block by now.
                    boolean before =
                        futures.subList(0, place / 2 + 1).stream().allMatch(f -> f.isDone());
                    if (!before || next.getAndIncrement() != place / 2) {
                      outOfOrder.increment();
                    }
                    type.kfree(block);
                  }));
        }
        while (kmalloc.pageStatistics().waiting() < i + 1) {
          Thread.onSpinWait();
        }
      }
      figures.figure("waitersInLine", kmalloc.pageStatistics().waiting());
      serve(filled, futures, type, next);
      for (Thread thread : threads) {
        thread.join();
      }
      figures
          .exactly("threadsServedInLine", next.get(), WAITERS / 2)
          .exactly("servedOutOfOrder", outOfOrder.sum(), 0);
    }
  }

  /** Gives a waiter's worth at a time; who is served next is seen before more is given. */
  private static void serve(
      Filled filled,
      List<CompletableFuture<MemorySegment>> futures,
      MallocType type,
      AtomicInteger next) {
    for (int i = 0; i < futures.size(); i++) {
      filled.freeOne();
      MemorySegment block = futures.get(i).join();
      type.kfree(block); // serves the thread behind it
      while (next.get() < i + 1) {
        Thread.onSpinWait();
      }
    }
    filled.free();
  }
}
