package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.VmObject;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** Pages used again and again stay while a scan of a larger object passes through CACHE. */
final class Aging implements Scenario {
  private static final int HOT = 32;
  private static final int PAGES = 4096;

  @Override
  public void run(Figures figures) throws IOException {
    LongAdder hotReads = new LongAdder();
    LongAdder coldReads = new LongAdder();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(2 * MIB).pageSize(PAGE).build();
        VmObject object =
            kmalloc.object(
                (long) PAGES * PAGE,
                (offset, into) -> {
                  into.fill((byte) 1);
                  (offset < (long) HOT * PAGE ? hotReads : coldReads).increment();
                })) {
      long hotUses = 0;
      for (int cold = HOT; cold < PAGES; cold++) {
        object.page(cold).close();
        object.page(cold % HOT).close();
        hotUses++;
      }
      figures
          .figure("usesOfHotPages", hotUses)
          .atMost("readsOfHotPages", hotReads.sum(), hotUses / 4)
          .exactly("readsOfColdPages", coldReads.sum(), PAGES - HOT)
          .atLeast("pagesReclaimed", coldReads.sum() - kmalloc.pages().total(), 1);
    }
  }
}
