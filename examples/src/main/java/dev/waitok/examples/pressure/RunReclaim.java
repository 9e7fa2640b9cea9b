package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.VmObject;
import java.io.IOException;

/** A request for a run takes neighbours out of CACHE, not pages all over the arena. */
final class RunReclaim implements Scenario {
  private static final int RUN = 64;

  @Override
  public void run(Figures figures) throws IOException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      int total = kmalloc.pages().total();
      try (VmObject object =
          kmalloc.object((long) total * PAGE, (offset, into) -> into.fill((byte) 1))) {
        for (int i = 0; i < total; i++) {
          object.page((int) (i * 577L % total)).close(); // neighbours come from far apart
        }
        object.cachePages();
        MallocType type = kmalloc.type("run");
        int before = kmalloc.pages().cache();
        long from = System.nanoTime();
        long block = type.kmallocAddress((long) RUN * PAGE);
        figures
            .figure("pagesInCache", before)
            .atMost("pagesGoneForARun", before - kmalloc.pages().cache(), 2 * RUN)
            .atMost("secondsForARun", Scenario.secondsSince(from), 2);
        type.kfree(block);
      }
    }
  }
}
