package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.spi.ExecutionContext;

/**
 * Tells once when somebody waits for memory and nothing has come for long; then, after as long
 * again.
 */
final class StallWatch {
  private final PageQueues queues;
  private final ExecutionContext clock;
  private final long stallNanos;
  private final Runnable onStall;
  private long lastProgress = -1;
  private long since;

  StallWatch(PageQueues queues, ExecutionContext clock, long stallNanos, Runnable onStall) {
    this.queues = queues;
    this.clock = clock;
    this.stallNanos = stallNanos;
    this.onStall = onStall;
  }

  /** Looks once; called about every second. */
  void look() {
    long progress = queues.progress();
    long now = clock.nanoTime();
    if (!queues.anyWaiting() || progress != lastProgress) {
      lastProgress = progress;
      since = now;
    } else if (now - since >= stallNanos) {
      since = now;
      onStall.run();
    }
  }
}
