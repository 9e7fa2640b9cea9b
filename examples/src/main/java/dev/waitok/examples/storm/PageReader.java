package dev.waitok.examples.storm;

import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Lwkt;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A thread that reads pages of the file at random, all the time, and compares them with the file.
 * What it reads is what fills the arena: every page that nobody holds ends up clean in CACHE, and
 * the next miss takes a page from there.
 */
final class PageReader implements Runnable {
  private final VmObject object;
  private final PageComparison comparison;
  private final SplittableRandom random;
  private final Tally tally;
  private final AtomicLong pagesRead = new AtomicLong();

  PageReader(VmObject object, PageComparison comparison, int seed, Tally tally) {
    this.object = object;
    this.comparison = comparison;
    this.random = new SplittableRandom(seed);
    this.tally = tally;
  }

  @Override
  public void run() {
    try {
      while (!tally.stopped()) {
        int index = random.nextInt(object.pages());
        try (PageRef page = object.page(index)) {
          comparison.check(page.segment(), index);
        }
        pagesRead.incrementAndGet();
        Lwkt.yield();
      }
    } catch (IOException | RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  /** How many pages it has read. */
  long pagesRead() {
    return pagesRead.get();
  }
}
