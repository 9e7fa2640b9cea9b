package dev.waitok.lwkt.sched;

import org.jspecify.annotations.Nullable;

/**
 * A FAST interrupt: runs at the preemption point itself, as the thread it interrupts. If it must
 * wait after all, or finds the cpu idle, or its own thread in the middle of an earlier run, then
 * its thread runs the handler instead, from the start: two runs never overlap.
 */
public final class FastSource extends InterruptSource {
  /** The queue of those that wait for the next preemption point. */
  @Nullable FastSource nextFast;

  private final Runnable handler;

  // The cpu's, here as well: each spares a load in a row, of a run that takes twenty cycles.
  private final Inbox inbox;
  private final Counters counters;

  private boolean queued;

  /** Makes a FAST interrupt; see {@link InterruptSource}. */
  public FastSource(
      CpuScheduler cpu, String name, int priority, Object face, Runnable handler, Runnable ended) {
    super(cpu, name, priority, face, ended);
    this.handler = handler;
    this.inbox = cpu.inbox;
    this.counters = cpu.counters();
  }

  @Override
  void deliver(CpuScheduler on) {
    if (active || on.current() == on.idle) {
      toThread();
    } else if (!queued) {
      queued = true;
      on.preemption.addFast(this);
    }
  }

  @Override
  void handle() {
    handler.run();
  }

  void leftQueue() {
    queued = false;
  }

  /**
   * The caller stands at a preemption point and nothing else is pending: the handler runs at once,
   * without being queued. A raise from elsewhere that comes meanwhile has a run of its own.
   */
  @Override
  boolean runsAtOnce(Tcb self) {
    if ((self.critical | inbox.need() | state()) != 0 || active || queued) {
      return false;
    }
    self.critical = 1;
    run(self);
    self.critical = 0;
    if (inbox.needsLook()) {
      cpu.look(self);
    }
    return true;
  }

  /** Runs on top of the current thread, whose only section is the looking scheduler's. */
  void runInline(Tcb self) {
    if (takeRaise()) { // else its thread was quicker
      run(self);
    }
  }

  /**
   * Runs the handler. As the thread is in one critical section and nothing else, what has to be
   * there afterwards is known, and no field is read that was just written.
   */
  private void run(Tcb self) {
    boolean again = false;
    counters.fastRuns++;
    boolean logged = RunLogging.isOn();
    if (logged) {
      cpu.log(thread(), RunLog.Kind.FAST);
    }
    self.fast = 1;
    try {
      handler.run();
    } catch (Throwable e) {
      if (cpu.machine.refusals().isMustBlock(e)) {
        again = true;
      } else {
        cpu.machine.reports().uncaught(thread(), e);
      }
    }
    self.fast = 0;
    if (logged) {
      cpu.log(thread(), RunLog.Kind.FAST_ENDS);
    }
    if (self.critical != 1 || self.hard != 0) {
      if (!again) {
        cpu.machine.reports().unbalanced(thread(), "a section entered by a FAST interrupt");
      }
      self.critical = 1;
      self.hard = 0;
      self.spinLocks = 0;
    }
    if (again) {
      giveRaiseBack();
      self.hard = 1;
      toThread();
      self.hard = 0;
    }
  }
}
