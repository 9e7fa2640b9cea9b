package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.cache.KmallocCache;
import java.util.ArrayList;
import java.util.List;

/** A cache that fills the arena gives entries back to requests that wait. */
final class CacheGivesWay implements Scenario {
  private static final int ENTRIES = 10_000;
  private static final int REQUESTS = 20;

  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 * MIB).pageSize(PAGE).build();
        KmallocCache<Integer> cache =
            KmallocCache.builder(kmalloc, "entries").maximumBytes(16 * MIB).build()) {
      for (int i = 0; i < ENTRIES; i++) {
        cache.tryPut(i, new byte[1000]);
      }
      MallocType work = kmalloc.type("work");
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        blocks.add(work.kmallocAddress(200 << 10));
      }
      figures
          .exactly("requestsServedByTheCache", blocks.size(), REQUESTS)
          .atLeast("entriesGivenBack", cache.statistics().reclaimed(), 1);
      blocks.forEach(work::kfree);
    }
  }
}
