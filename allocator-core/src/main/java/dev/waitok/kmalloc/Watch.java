package dev.waitok.kmalloc;

import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.Shortage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is said and done when memory is exhausted. Runs on the watch's thread, once a second. */
final class Watch implements Shortage.Reporter {
  private static final Logger LOG = LoggerFactory.getLogger(Kmalloc.class);

  private final PageQueues queues;
  private final FlightEvents flightEvents;
  private final Supplier<MemoryReport> reports;
  private final StallPolicy policy;
  private final @Nullable Consumer<? super MemoryReport> handler;

  Watch(
      PageQueues queues,
      FlightEvents flightEvents,
      Supplier<MemoryReport> reports,
      StallPolicy policy,
      @Nullable Consumer<? super MemoryReport> handler) {
    this.queues = queues;
    this.flightEvents = flightEvents;
    this.reports = reports;
    this.policy = policy;
    this.handler = handler;
  }

  @Override
  public void refused(long requests) {
    if (LOG.isWarnEnabled()) {
      LOG.warn(
          "memory is exhausted: {} requests without wait got none; {}", requests, reports.get());
    }
  }

  @Override
  public void tick() {
    flightEvents.tellDeferred();
  }

  @Override
  public void stalled() {
    stalled("nothing has been freed for long");
  }

  /**
   * Somebody waits and nobody who could free memory can run. On the thread of {@code RestWatch}.
   */
  void atRest() {
    stalled("no thread of the scheduler can run and free some");
  }

  private void stalled(String why) {
    MemoryReport report = reports.get();
    LOG.warn("requests wait for memory and {}; {}", why, report);
    FlightEvents.stall(report);
    if (handler != null) {
      handler.accept(report);
    }
    if (policy == StallPolicy.THROW_TO_YOUNGEST) {
      boolean _ = queues.failYoungest();
    }
  }
}
