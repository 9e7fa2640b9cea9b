package dev.waitok.examples.storm;

import dev.waitok.kmalloc.PageRef;

/**
 * A thread that compares one pinned page of the file again and again: what a pinned page shows must
 * never change, whatever is reclaimed around it. It needs no memory and no lock, so it runs while
 * all others of its cpu wait for some; an interrupt that comes then preempts it.
 */
final class PageAuditor implements Runnable {
  private final PageRef page;
  private final PageComparison comparison;
  private final int index;
  private final Tally tally;

  /** An auditor of a page that is pinned for as long as it runs. */
  PageAuditor(PageRef page, PageComparison comparison, int index, Tally tally) {
    this.page = page;
    this.comparison = comparison;
    this.index = index;
    this.tally = tally;
  }

  @Override
  public void run() {
    try {
      while (!tally.stopped()) {
        comparison.check(page.segment(), index);
      }
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }
}
