package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Machine;
import dev.waitok.lwkt.sched.Tcb;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * tsleep and wakeup: a thread sleeps on an object's identity; a wake-up from anywhere reaches every
 * cpu on which somebody may sleep on it.
 */
public final class Sleeping {
  /** The cpus of all schedulers in this process; replaced, never changed. */
  private static volatile List<CpuScheduler> everywhere = List.of();

  private Sleeping() {}

  /** A scheduler's cpus take part from now on. */
  public static synchronized void register(Machine machine) {
    boolean simulated = machine.dispatcher().simulated() != null;
    for (CpuScheduler cpu : machine.cpus()) {
      cpu.sleepQueue(new SleepQueue(simulated));
    }
    List<CpuScheduler> all = new ArrayList<>(everywhere);
    all.addAll(machine.cpus());
    everywhere = List.copyOf(all);
  }

  /** A scheduler's cpus have closed. */
  public static synchronized void unregister(Machine machine) {
    List<CpuScheduler> all = new ArrayList<>(everywhere);
    all.removeAll(machine.cpus());
    everywhere = List.copyOf(all);
  }

  private static SleepQueue queue(CpuScheduler cpu) {
    if (cpu.sleepQueue() instanceof SleepQueue queue) {
      return queue;
    }
    throw new IllegalStateException("cpu " + cpu.index() + " has no sleep queue");
  }

  /**
   * Queues the caller for wake-ups without sleeping: one that comes from now on ends the sleep that
   * follows.
   */
  public static void interlock(Tcb self, Object ident) {
    CpuScheduler cpu = self.cpu();
    cpu.refuseToBlock(self);
    self.enterHard();
    SleepEntry entry = SleepEntry.of(self);
    queue(cpu).remove(entry);
    queue(cpu).add(entry, ident);
    self.leaveHard();
  }

  /**
   * Sleeps until a wake-up on the ident.
   *
   * @param interlocked whether {@link #interlock} was called before; if a wake-up came since,
   *     returns at once
   * @param nanos how long at most; {@link Long#MAX_VALUE} for no limit
   */
  @SuppressWarnings("ReferenceEquality") // idents are identities
  public static Permit.Outcome sleep(
      Tcb self, Object ident, String what, long nanos, boolean interlocked) {
    CpuScheduler cpu = self.cpu();
    cpu.refuseToBlock(self);
    self.enterHard();
    SleepQueue queue = queue(cpu);
    SleepEntry entry = SleepEntry.of(self);
    entry.expired = false;
    try {
      if (!interlocked) {
        queue.remove(entry);
        queue.add(entry, ident);
      } else if (entry.ident != ident) {
        return Permit.Outcome.WOKEN;
      }
      self.waitsFor(what);
      self.interruptible(true);
      if (nanos != Long.MAX_VALUE) {
        cpu.arm(entry, cpu.nanoTime() + nanos);
      }
      cpu.wantsNoCpu(self);
      if (Thread.currentThread().isInterrupted()) {
        cpu.wantsCpu(self);
      } else {
        entry.asleep = true;
        cpu.block(self);
      }
      if (!entry.isQueued()) {
        return Permit.Outcome.WOKEN;
      }
      return entry.expired
          ? Permit.Outcome.TIMED_OUT
          : Thread.currentThread().isInterrupted()
              ? Permit.Outcome.INTERRUPTED
              : Permit.Outcome.WOKEN; // scheduled by somebody who knew
    } finally {
      entry.asleep = false;
      queue.remove(entry);
      cpu.disarm(entry);
      self.interruptible(false);
      self.waitsFor(null);
      self.leaveHard();
    }
  }

  /** Takes back what the caller announced and never slept on. By a thread that ends, on its cpu. */
  public static void withdraw(Tcb self) {
    if (self.sleepSlot() instanceof SleepEntry entry) {
      self.enterHard();
      queue(self.cpu()).remove(entry);
      self.leaveHard();
    }
  }

  /** How many threads of a cpu are queued for an ident, asleep or not; for tests, on the cpu. */
  public static int sleepers(CpuScheduler cpu, Object ident) {
    return queue(cpu).count(ident);
  }

  /** Wakes everybody who sleeps on it. From any thread and any section; never blocks. */
  public static void wakeAll(Object ident) {
    VarHandle.fullFence(); // what the caller changed, before the hints are read
    Tcb self = Tcb.current();
    for (CpuScheduler cpu : everywhere) {
      SleepQueue queue = queue(cpu);
      if (self != null && self.cpu() == cpu) {
        if (queue.mayHold(ident)) {
          self.enterHard();
          queue.wake(ident, false);
          self.leaveHard();
        }
      } else if (queue.mayHold(ident)) {
        cpu.send(() -> queue.wake(ident, false));
      }
    }
  }

  /**
   * Wakes one sleeper, if there is one: the caller's cpu first, then one cpu after the other, so
   * that it is never two. Threads before it that have announced a sleep will not sleep. From any
   * thread and any section; never blocks.
   */
  public static void wakeOne(Object ident) {
    VarHandle.fullFence();
    Tcb self = Tcb.current();
    CpuScheduler own = self == null ? null : self.cpu();
    if (self != null && own != null && queue(own).mayHold(ident)) {
      self.enterHard();
      int woken = queue(own).wake(ident, true);
      self.leaveHard();
      if (woken > 0) {
        return;
      }
    }
    passOn(everywhere, 0, own, ident);
  }

  private static void passOn(
      List<CpuScheduler> cpus, int from, @Nullable CpuScheduler except, Object ident) {
    for (int i = from; i < cpus.size(); i++) {
      CpuScheduler cpu = cpus.get(i);
      if (cpu != except && queue(cpu).mayHold(ident)) {
        int next = i + 1;
        boolean sent =
            cpu.send(
                () -> {
                  if (queue(cpu).wake(ident, true) == 0) {
                    passOn(cpus, next, except, ident);
                  }
                });
        if (sent) {
          return;
        }
      }
    }
  }
}
