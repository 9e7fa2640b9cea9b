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
      run(cpu);
    }
  }

  private void run(CpuScheduler cpu) {
    Tcb self = cpu.current();
    self.critical++;
    self.hard++;
    self.functions++;
    int critical = self.critical;
    int hard = self.hard;
    int spinLocks = self.spinLocks;
    cpu.counters().functions++;
    try {
      function.run();
    } catch (Throwable e) {
      cpu.machine.reports().uncaught(self, e);
    }
    if (self.critical != critical || self.hard != hard || self.spinLocks != spinLocks) {
      cpu.machine.reports().unbalanced(self, "a section entered by an IPI function");
    }
    self.spinLocks = spinLocks;
    self.functions--;
    self.hard = hard - 1;
    self.critical = critical - 1;
  }

  @Override
  boolean cancel() {
    return taken.compareAndSet(false, true);
  }
}
