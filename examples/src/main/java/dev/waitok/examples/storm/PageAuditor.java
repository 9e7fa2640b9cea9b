package dev.waitok.examples.storm;

import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.VmObject;
import java.io.IOException;

/**
 * A thread that holds one page of the file and compares it again and again: what a pinned page shows
 * must never change, whatever is reclaimed around it. It needs no memory, so it runs while all others
 * of its cpu wait for some; an interrupt that comes then preempts it.
 */
final class PageAuditor implements Runnable {
  private final VmObject object;
  private final PageComparison comparison;
  private final int index;
  private final Tally tally;

  PageAuditor(VmObject object, PageComparison comparison, int index, Tally tally) {
    this.object = object;
    this.comparison = comparison;
    this.index = index;
    this.tally = tally;
  }

  @Override
  public void run() {
    try (PageRef page = object.page(index)) {
      while (!tally.stopped()) {
        comparison.check(page.segment(), index);
      }
    } catch (IOException | RuntimeException | Error e) {
      tally.failed(e);
    }
  }
}
