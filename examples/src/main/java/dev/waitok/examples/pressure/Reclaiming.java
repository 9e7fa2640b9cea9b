package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.ReclaimerStatistics;
import dev.waitok.kmalloc.Registration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A cache in blocks that gives way to who waits; one that fails is set aside and harms nobody. */
final class Reclaiming implements Scenario {
  private static final int ENTRY = 2000;
  private static final int REQUESTS = 300;

  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * MIB).pageSize(PAGE).build()) {
      MallocType cache = kmalloc.type("cache");
      MallocType work = kmalloc.type("work");
      Queue<Long> entries = new ConcurrentLinkedQueue<>();
      long worst = 0;
      Registration bad =
          kmalloc.reclaimer(
              "bad",
              1,
              0,
              pages -> {
                throw new IllegalStateException("a reclaimer that fails");
              });
      Registration good = kmalloc.reclaimer("cache", 10, 2, pages -> evict(cache, entries, pages));
      for (int i = 0; i < REQUESTS; i++) {
        fill(cache, entries);
        long from = System.nanoTime();
        long block = work.kmallocAddress(256 << 10);
        worst = Math.max(worst, System.nanoTime() - from);
        work.kfree(block);
      }
      ReclaimerStatistics second = kmalloc.reclaimers().getLast();
      figures
          .figure("requests", REQUESTS)
          .atLeast("calls", second.calls(), 1)
          .figure("pagesGiven", second.pages())
          .atMost("worstMillis", worst / 1_000_000, 2_000)
          .atMost("callsOfTheBadOne", kmalloc.reclaimers().getFirst().calls(), 1);
      bad.close();
      good.close();
      evict(cache, entries, Integer.MAX_VALUE);
    }
  }

  private static void fill(MallocType cache, Queue<Long> entries) {
    for (long e = cache.tryKmallocAddress(ENTRY); e >= 0; e = cache.tryKmallocAddress(ENTRY)) {
      entries.add(e);
    }
  }

  private static int evict(MallocType cache, Queue<Long> entries, int pages) {
    long bytes = 0;
    while (bytes < (long) pages * PAGE * 2) {
      Long entry = entries.poll();
      if (entry == null) {
        break;
      }
      cache.kfree(entry);
      bytes += ENTRY;
    }
    return (int) (bytes / PAGE);
  }
}
