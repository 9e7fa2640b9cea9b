package dev.waitok.lwkt.sched;

import java.util.concurrent.atomic.AtomicBoolean;

/** A function that a cpu is asked to run, once, in a hard section. */
final class Ipi extends Message {
  private final Runnable function;
  private final AtomicBoolean taken = new AtomicBoolean();

  Ipi(Runnable function) {
    this.function = function;
  }

  @Override
  void deliver(CpuScheduler cpu) {
    if (taken.compareAndSet(false, true)) {
      cpu.runFunction(function);
    }
  }

  @Override
  boolean cancel() {
    return taken.compareAndSet(false, true);
  }
}
