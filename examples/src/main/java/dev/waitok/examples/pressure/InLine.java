package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Threads and futures in turn wait in one line: first in, first out, as blocks come one by one. */
final class InLine implements Scenario {
  private static final int WAITERS = 10;
  private static final long BLOCK = 8L * PAGE;

  /** After a block was freed, how long somebody may take to say that it has one. */
  private static final double HEARD_WITHIN_SECONDS = 0.05;

  @Override
  public void run(Figures figures) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.ordinary(kmalloc);
      MallocType type = kmalloc.type("line");
      Queue<Integer> order = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WAITERS; i++) {
        int place = i;
        if (i % 2 == 0) {
          var _ = type.kmallocAsync(BLOCK).thenAccept(block -> order.add(place));
        } else {
          threads.add(
              Thread.startVirtualThread(
                  () -> {
                    long _ = type.kmallocAddress(BLOCK);
                    order.add(place);
                  }));
        }
        while (kmalloc.pageStatistics().waiting() < i + 1) {
          Thread.onSpinWait();
        }
      }
      while (order.size() < WAITERS && filled.blocks() > 0) {
        int before = order.size();
        filled.freeOne();
        long from = System.nanoTime();
        while (order.size() == before && Scenario.secondsSince(from) < HEARD_WITHIN_SECONDS) {
          Thread.onSpinWait();
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
      figures
          .exactly("servedInLine", order.size(), WAITERS)
          .exactly("servedOutOfOrder", outOfOrder(order), 0);
    }
  }

  private static int outOfOrder(Queue<Integer> order) {
    int wrong = 0;
    int expected = 0;
    for (int place : order) {
      wrong += place == expected++ ? 0 : 1;
    }
    return wrong;
  }
}
