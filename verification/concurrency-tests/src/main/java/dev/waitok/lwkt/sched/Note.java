package dev.waitok.lwkt.sched;

import java.util.concurrent.atomic.AtomicBoolean;

/** A message that notes its delivery. */
final class Note extends Message {
  private final AtomicBoolean taken = new AtomicBoolean();
  volatile boolean delivered;

  /** As {@link Ipi#deliver}. */
  void take() {
    if (taken.compareAndSet(false, true)) {
      delivered = true;
    }
  }

  @Override
  void deliver(CpuScheduler cpu) {
    take();
  }

  @Override
  boolean cancel() {
    return taken.compareAndSet(false, true);
  }
}
