package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watches requests that get nothing: once a second it reports how many were refused, and, when
 * somebody waits and nothing has come for long, that memory does not come any more.
 *
 * <p>Requests only count; the report is made on the watch's own thread, so that no log call is on
 * any caller's way and pageout's being stuck does not silence it.
 */
public final class Shortage {
  private static final long TICK_NANOS = 1_000_000_000L;

  /** Who is told, on the watch's thread. */
  public interface Reporter {
    /** So many requests without wait were refused in the last second or more. */
    void refused(long requests);

    /** Once a second, first. */
    default void tick() {}

    /** Somebody waits and nothing was freed, reclaimed or read for the stall time. */
    void stalled();
  }

  private final Reporter reporter;
  private final StallWatch stallWatch;
  private final Reclaimers reclaimers;
  private final LongAdder refusals;
  private final Service service;
  private long reported;

  /** A watch, not yet started. */
  public Shortage(
      PageQueues queues,
      Callers callers,
      Reclaimers reclaimers,
      long stallNanos,
      Reporter reporter) {
    this.reclaimers = reclaimers;
    this.reporter = reporter;
    this.refusals = queues.refusals();
    this.stallWatch = new StallWatch(queues, callers.base(), stallNanos, reporter::stalled);
    this.service = new Service("kmalloc-watch", callers, TICK_NANOS, asked -> look());
  }

  /** Starts the watch. */
  public void start() {
    service.start();
  }

  /** Ends it; returns when it is gone. */
  public void close(Caller caller) {
    service.close(caller);
  }

  /** What happens once a second. */
  public void look() {
    reporter.tick();
    long now = refusals.sum();
    if (now != reported) {
      long more = now - reported;
      reported = now;
      reporter.refused(more);
    }
    reclaimers.look();
    stallWatch.look();
  }
}
