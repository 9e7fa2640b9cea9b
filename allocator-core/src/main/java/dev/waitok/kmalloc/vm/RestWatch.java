package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells at once that memory does not come any more, where only a scheduler's threads free it:
 * somebody waits, nobody is about to try, none of the scheduler's threads can run, and nothing of
 * the allocator's own is under way.
 *
 * <p>It is woken when somebody stands in line. As long as somebody does it looks again after a nap,
 * of 1 ms at first and of 100 ms in the end. Once it has told, it is silent until something has
 * changed.
 */
public final class RestWatch {
  private static final long FIRST_NAP = 1_000_000L;

  private static final long LONGEST_NAP = 100_000_000L;

  /** Reclaimers are asked again within this time, and may bring something then: 300 ms. */
  private static final long RECLAIM_NANOS = 300_000_000L;

  /**
   * Where somebody waits for a run, smaller requests behind it are let by after a second, and a
   * window that brings nothing is given up after a second: 2.5 s.
   */
  private static final long RUN_NANOS = 2_500_000_000L;

  /** Only a round that is asked for finds anything to do. */
  private static final long TICK_NANOS = 60_000_000_000L;

  private final PageQueues queues;
  private final Callers callers;
  private final Pageout pageout;
  private final IoThreads io;
  private final Reclaimers reclaimers;
  private final Runnable onRest;
  private final Service service;
  private long toldAt = -1;
  private final AtomicLong looks = new AtomicLong();

  /** A watch, not yet started. */
  public RestWatch(
      PageQueues queues,
      Callers callers,
      Pageout pageout,
      IoThreads io,
      Reclaimers reclaimers,
      Runnable onRest) {
    this.queues = queues;
    this.callers = callers;
    this.pageout = pageout;
    this.io = io;
    this.reclaimers = reclaimers;
    this.onRest = onRest;
    this.service = new Service("kmalloc-rest", callers, TICK_NANOS, asked -> round());
  }

  /** Starts it. */
  public void start() {
    service.start();
  }

  /** Somebody stands in line. Never blocks. */
  public void wake() {
    service.wake();
  }

  /** Ends it; returns when it is gone. */
  public void close(Caller caller) {
    service.close(caller);
  }

  /** How often it has looked, for tests. */
  public long looks() {
    return looks.get();
  }

  private void round() {
    Sleeper nap = callers.caller().newSleeper();
    long nanos = FIRST_NAP;
    long changes = -1;
    long since = 0;
    while (queues.anyWaiting() && !service.closing()) {
      long now = callers.base().nanoTime();
      if (changes != queues.changes()) {
        changes = queues.changes();
        since = now;
        nanos = FIRST_NAP;
      } else if (changes != toldAt
          && now - since >= patience()
          && isAtRest()
          && queues.changes() == changes) {
        toldAt = changes;
        onRest.run();
      }
      looks.incrementAndGet();
      nap.sleep(nanos);
      nanos = Math.min(2 * nanos, LONGEST_NAP);
    }
  }

  private long patience() {
    return queues.anyNeedsRun() ? RUN_NANOS : reclaimers.mayBring() ? RECLAIM_NANOS : 0;
  }

  private boolean isAtRest() {
    ExecutionContext scheduler = callers.scheduler();
    return scheduler != null
        && ownIsAtRest()
        && scheduler.isAtRest()
        && ownIsAtRest()
        && queues.allWaitAsleepForGood();
  }

  private boolean ownIsAtRest() {
    return !pageout.isUnderWay() && !io.isUnderWay() && !reclaimers.isUnderWay();
  }
}
