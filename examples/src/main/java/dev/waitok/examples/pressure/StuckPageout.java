package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.kmalloc.WritablePager;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The pageout thread hangs: the emergency thread serves who waits, and has nothing written. */
final class StuckPageout implements Scenario {
  private static final int BLOCKS = 200;

  @Override
  public void run(Figures figures) throws IOException, InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(2 * MIB).pageSize(PAGE).build();
        VmObject object = kmalloc.object(2 * MIB, new Sink())) {
      MallocType type = kmalloc.type("waiter");
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.obstructPageout(
          () -> {
            stuck.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      Thread user = Thread.ofPlatform().start(() -> use(object));
      stuck.await();
      long[] blocks = new long[BLOCKS];
      long written = object.writtenPages();
      long from = System.nanoTime();
      int served = 0;
      double seconds;
      long writtenMeanwhile;
      try {
        for (; served < BLOCKS; served++) {
          blocks[served] = type.kmallocAddress(PAGE, M_WAITOK, Duration.ofSeconds(10));
        }
      } catch (KmallocTimeoutException e) {
        figures.figure("stuckWaitsEnded", 1);
      } finally {
        seconds = Scenario.secondsSince(from);
        writtenMeanwhile = object.writtenPages() - written;
        hooks.obstructPageout(null);
        release.countDown(); // also if it fails: the allocator's close waits for the thread
      }
      for (int i = 0; i < served; i++) {
        type.kfree(blocks[i]);
      }
      user.join();
      figures
          .exactly("servedWhilePageoutHangs", served, BLOCKS)
          .atMost("secondsWhilePageoutHangs", seconds, 6) // 2 to be found, then looks of 1 s
          .exactly("pagesWrittenMeanwhile", writtenMeanwhile, 0);
    }
  }

  /** Fills the arena with pages, every tenth of them dirty. */
  private static void use(VmObject object) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
    try {
      for (int page = 0; page < object.pages(); page++) {
        if (page % 10 == 0) {
          object.write((long) page * PAGE, bytes);
        } else {
          object.read((long) page * PAGE, bytes);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Sink implements WritablePager {
    @Override
    public void read(long offset, MemorySegment into) {
      into.fill((byte) 0);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      // what is written is not asked for again
    }
  }
}
