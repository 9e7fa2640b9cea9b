package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Strand;
import org.jspecify.annotations.Nullable;

/** How one cpu gets from one thread to the next. All of it runs on the cpu, in a hard section. */
final class Switcher {
  /** How long a preemptor that is pinned is given before its call fails. */
  static final long PINNED_LIMIT = 10_000_000_000L;

  /** Two waits in place further apart than this are two stalls, not one. */
  private static final long PINNED_GAP = 100_000_000L;

  private final CpuScheduler cpu;

  /** Of the switch that is being made: it is back to whom the thread preempts. */
  private boolean gaveBack;

  /** Of the switch that is being made: the next thread could have preempted. */
  private boolean tookRaised;

  Switcher(CpuScheduler cpu) {
    this.cpu = cpu;
  }

  /**
   * Takes the current thread off the cpu: to whom it preempts, whatever else is runnable; else to
   * the best other thread of at least that priority; else, if it is runnable, nowhere; else to
   * idle. Returns when it runs on.
   *
   * @return false if the thread is pinned and nothing has changed but that its tokens are dropped
   */
  boolean switchOut(Tcb self, int floor, boolean keepsPlace) {
    Tcb next = makeWay(self, floor, keepsPlace);
    if (next == null || cpu.seat.transfer(self.strand(), next.strand())) {
      return true;
    }
    undo(self, next, gaveBack, tookRaised);
    return false;
  }

  /**
   * Makes another thread the current one, in all but that it runs; null if this one keeps on.
   *
   * <p>The JIT must not inline it, and its assertions see to that: a method of more than 325 bytes
   * is too large, whether they are on or not. What is inlined here would be suspended along with
   * the thread; and with it {@link #switchOut} would be too large for its callers, so that there
   * are up to three more frames to return through, which the processor does not foresee: a yield
   * takes 140 ns, and 149 to 168 with everything inlined.
   */
  private @Nullable Tcb makeWay(Tcb self, int floor, boolean keepsPlace) {
    assert self == cpu.current() : self + " switches, and " + cpu.current() + " runs";
    assert self.hard > 0 : self + " switches outside a hard section";
    assert self.is(Tcb.State.RUNNING) : self + " switches and is " + self.state();
    drop(self);
    Tcb victim = self.preempted;
    assert victim == null || victim.is(Tcb.State.PREEMPTED) : victim + " is " + victim.state();
    Tcb next = victim != null ? victim : pick(floor);
    if (next == null) {
      if (self.runnable && take(self)) {
        return null;
      }
      next = cpu.idle;
    }
    assert next != self : self + " switches to itself";
    assert next.cpu == cpu : self + " switches to " + next + " of another cpu";
    suspend(self, keepsPlace && victim == null);
    detach(self);
    gaveBack = victim != null;
    tookRaised = next.mayPreempt;
    cpu.become(next);
    return next;
  }

  /** Ends the current thread. */
  void exit(Tcb self) {
    drop(self);
    Tcb next = nextAfter(self);
    self.state(Tcb.State.DONE);
    cpu.queue.forget(self);
    cpu.become(next);
    cpu.seat.exit(self.strand(), next.strand());
  }

  /**
   * Takes the current thread off the cpu while it runs on elsewhere.
   *
   * @return false if the thread is pinned and nothing has changed but that its tokens are dropped
   */
  boolean leave(Tcb self) {
    drop(self);
    Tcb victim = self.preempted;
    Tcb next = victim != null ? victim : pick(0);
    if (next == null) {
      next = cpu.idle;
    }
    self.dispatchable = false;
    cpu.elsewhere(1);
    self.state(Tcb.State.BLOCKED);
    detach(self);
    boolean raised = next.mayPreempt;
    cpu.become(next);
    if (cpu.seat.leave(self.strand(), next.strand())) {
      return true;
    }
    self.dispatchable = true;
    cpu.elsewhere(-1);
    undo(self, next, victim != null, raised);
    return false;
  }

  /** The current thread has blocked in Java code and lost the cpu. */
  Strand blocked(Tcb self, boolean ready) {
    if (!ready && (self.preempted != null || self.critical > 0)) {
      cpu.machine.reports().blockedInJava(self);
    }
    drop(self);
    self.dispatchable = ready;
    if (!ready) {
      cpu.elsewhere(1);
    }
    Tcb victim = self.preempted;
    Tcb next = victim != null ? victim : pick(0);
    if (next == null) {
      if (ready && self.runnable && take(self)) {
        return self.strand();
      }
      next = cpu.idle;
    }
    suspend(self, false);
    detach(self);
    cpu.become(next);
    return next.strand();
  }

  private Tcb nextAfter(Tcb self) {
    Tcb victim = self.preempted;
    Tcb next = victim != null ? victim : pick(0);
    detach(self);
    return next == null ? cpu.idle : next;
  }

  private void suspend(Tcb self, boolean keepsPlace) {
    if (self.runnable && self.dispatchable) {
      self.state(Tcb.State.READY);
      if (keepsPlace) {
        cpu.queue.addFirst(self);
      } else {
        cpu.queue.addLast(self);
      }
    } else {
      self.state(Tcb.State.BLOCKED);
    }
  }

  private static void detach(Tcb self) {
    if (self.preempted != null) {
      self.preempted = null;
    }
  }

  private void undo(Tcb self, Tcb next, boolean gaveBack, boolean raised) {
    if (self.is(Tcb.State.READY)) {
      cpu.queue.remove(self);
    }
    if (gaveBack) {
      self.preempted = next;
      next.state(Tcb.State.PREEMPTED);
    } else if (next != cpu.idle) {
      drop(next);
      next.mayPreempt = raised;
      next.state(Tcb.State.READY);
      cpu.queue.addFirst(next);
    } else {
      next.state(Tcb.State.READY);
    }
    cpu.become(self);
  }

  /** Takes the best thread of at least that priority that can have its tokens out of the queue. */
  @Nullable Tcb pick(int floor) {
    RunQueue queue = cpu.queue;
    for (int level = queue.top(); level >= floor; level = queue.topAtMost(level - 1)) {
      for (Tcb thread = queue.head(level); thread != null; thread = queue.after(thread)) {
        if (take(thread)) {
          queue.remove(thread);
          return thread;
        }
      }
    }
    return null;
  }

  private static void drop(Tcb thread) {
    if (thread.held > 0) {
      Holdings holdings = thread.holdings;
      if (holdings != null) {
        holdings.drop();
      }
    }
  }

  private static boolean take(Tcb thread) {
    if (thread.held == 0) {
      return true;
    }
    Holdings holdings = thread.holdings;
    return holdings == null || holdings.take();
  }

  /**
   * The current thread has to wait and cannot leave the cpu: keeps the cpu until it is runnable,
   * and has its tokens back. Messages and timers are served meanwhile, other threads are not.
   */
  void waitInPlace(Tcb self) {
    noteStall(self);
    while (!(self.runnable && take(self))) {
      cpu.drain();
      if (self.runnable && take(self)) {
        break;
      }
      if (self.preempted != null && stalledFor(self) >= PINNED_LIMIT) {
        self.runnable = true;
        while (!take(self)) {
          cpu.sleep(1_000_000L);
        }
        cpu.seat.awaited();
        cpu.keepLooking();
        throw cpu.machine.refusals().pinned(self.name(), stalledFor(self));
      }
      cpu.sleep(self.preempted != null ? PINNED_LIMIT - stalledFor(self) : Long.MAX_VALUE);
    }
    self.pinnedLast = cpu.nanoTime();
    cpu.seat.awaited();
    cpu.keepLooking();
  }

  /**
   * The current thread cannot leave the cpu to let others change what it waits for: gives messages,
   * timers and other cpus a moment.
   */
  void pauseInPlace(Tcb self, long nanos) {
    noteStall(self);
    while (!take(self)) {
      cpu.sleep(nanos);
      cpu.drain();
    }
    cpu.sleep(nanos);
    cpu.drain();
    self.pinnedLast = cpu.nanoTime();
    cpu.seat.awaited();
    cpu.keepLooking();
  }

  private void noteStall(Tcb self) {
    long now = cpu.nanoTime();
    if (self.pinnedSince == 0 || now - self.pinnedLast > PINNED_GAP) {
      self.pinnedSince = now;
      cpu.machine.reports().pinned(self);
    }
    self.pinnedLast = now;
  }

  private long stalledFor(Tcb self) {
    return cpu.nanoTime() - self.pinnedSince;
  }
}
