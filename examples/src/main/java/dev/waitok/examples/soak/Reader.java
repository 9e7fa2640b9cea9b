package dev.waitok.examples.soak;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Lwkt;
import java.io.IOException;

/** A thread that reads pages which fill what memory there is, and lives with reads that fail. */
final class Reader implements Runnable {
  private final World world;
  private final VmObject object;
  private final long pageSize;
  private final Tally tally;

  Reader(World world, VmObject object, long pageSize, Tally tally) {
    this.world = world;
    this.object = object;
    this.pageSize = pageSize;
    this.tally = tally;
  }

  @Override
  public void run() {
    try {
      for (long i = 0; i < world.scale().steps() && !tally.stopped(); i++) {
        int index = world.choose(object.pages());
        try (PageRef page = object.page(index)) {
          if (!Pattern.holds(page.segment(), 0, pageSize, index)) {
            tally.corruption.incrementAndGet();
          }
          tally.pagesRead.incrementAndGet();
        } catch (IOException e) {
          if (!(e.getCause() instanceof Faults.ReadFault)) {
            throw e;
          }
          tally.readsFailed.incrementAndGet();
        }
        if (world.choose(64) == 0) {
          object.cachePages();
        }
        Lwkt.yield();
      }
    } catch (IOException | RuntimeException | Error e) {
      tally.failed(e);
    }
  }
}
