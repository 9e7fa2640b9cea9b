package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;

/** Gives the memory behind FREE pages back to the system when it has not been used for a while. */
public final class Trim {
  /*
   * 1 Problem. A burst leaves the process as large as it ever was. Giving memory back at each free
   *   costs a system call and a page fault a page; not giving it back costs the machine.
   *
   * 2 Vocabulary. A FREE page is *idle* while there is memory behind it. A *period* is the time
   *   between two rounds. A *batch* is a run of idle pages that one system call gives back.
   *
   * 3 A round. What owners keep idle is called in; each page that has been idle for a whole period is
   *   given back, from the high end on, since requests are served from the low end; the period ends.
   *   So a page goes back one to two periods after its last use, whether or not anybody calls.
   *   More idle bytes than the cap wake a round at once, which gives back down to 3/4 of the cap,
   *   young pages too: the quarter is what a next round has to wait for.
   *
   * 4 Life of a batch. Under the lock its pages leave FREE (they are *away*); the system call; under
   *   the lock they are FREE again, with no memory behind them. Pages that are away are counted as
   *   FREE in every figure, and a request that would have been served by them waits those
   *   microseconds (PageQueues.pause), so that null still means a floor and never that a batch was
   *   away. None is taken while somebody waits, or where FREE would fall below its target.
   *
   * 5 Invariants. PageTable I6 and I7.
   *
   * 6 Costs. Nothing for kmalloc and kfree of blocks; a word or two for each run of pages taken or
   *   freed; a thread that wakes once a period. 1 MiB a call: some 100 us.
   *
   * 7 MADV_DONTNEED, not MADV_FREE: the latter leaves the pages in the process's figures until the
   *   system is short, and a container is killed by those figures.
   */

  /** A batch's size: large enough to be worth a call, small enough to be waited for. */
  private static final long BATCH_BYTES = 1 << 20;

  private final PageQueues queues;
  private final PageArena arena;
  private final Runnable callInIdle;
  private final Service service;
  private final int batch;
  private final int cap;

  /**
   * A trim service, not yet started.
   *
   * @param callInIdle makes owners of zones give up what they keep idle
   * @param periodNanos how long a page stays idle at least, and half of how long at most
   * @param capBytes how many bytes may be idle; above it they are given back at once
   */
  public Trim(
      PageQueues queues,
      PageArena arena,
      Callers callers,
      Runnable callInIdle,
      long periodNanos,
      long capBytes) {
    this.queues = queues;
    this.arena = arena;
    this.callInIdle = callInIdle;
    this.batch = (int) Math.max(1, BATCH_BYTES >>> arena.pageShift());
    this.cap = (int) Math.min(Integer.MAX_VALUE, capBytes >>> arena.pageShift());
    this.service = new Service("kmalloc-trim", callers, periodNanos, this::serve);
  }

  /** Starts the service, if the arena's memory can be given back at all. */
  public void start() {
    if (arena.canGiveBack()) {
      queues.onIdleAbove(cap, service::wake);
      service.start();
    }
  }

  /** Ends the service; returns when it is gone. */
  public void close(Caller caller) {
    service.close(caller);
  }

  private void serve(boolean asked) {
    if (asked) {
      shrinkToCap();
    } else {
      round();
    }
  }

  /** What happens once a period; for tests too, which own the time. */
  public synchronized void round() {
    callInIdle.run();
    if (arena.canGiveBack()) {
      sweep(false, 0);
    }
    queues.endIdlePeriod();
  }

  private synchronized void shrinkToCap() {
    if (queues.idlePages() > cap) {
      sweep(true, cap / 4 * 3);
    }
  }

  /** Gives back idle pages from the high end on, until so many are left. */
  private void sweep(boolean youngToo, int leave) {
    int end = queues.pages();
    while (end > 0 && queues.idlePages() > leave && !service.closing()) {
      long run = queues.takeIdle(end, youngToo, Math.min(batch, queues.idlePages() - leave));
      int first = PageQueues.firstOf(run);
      int n = PageQueues.lengthOf(run);
      if (n > 0) {
        try {
          arena.giveBack(first, n);
        } finally {
          queues.returnIdle(first, n);
        }
      }
      end = first;
    }
  }
}
