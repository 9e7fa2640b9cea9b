package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.dispatch.Parker;
import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sched.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way to sleep and everybody's way to wake it: at most one wake-up is remembered.
 * Works for a thread of a cpu, which gives up its cpu and its tokens, and for any other Java
 * thread, which parks.
 *
 * <p>No wake-up is lost: the sleeper says that it wants no cpu and then looks at the permit; the
 * waker sets the permit and then schedules. Either the sleeper sees the permit, or its scheduling
 * comes after.
 */
public final class Permit {
  private static final VarHandle GIVEN;

  static {
    try {
      GIVEN = MethodHandles.lookup().findVarHandle(Permit.class, "given", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How a sleep ended. */
  public enum Outcome {
    /** A permit was there, or came. */
    WOKEN,
    /** The time was over. */
    TIMED_OUT,
    /** The thread was interrupted. Its interrupt status is still set. */
    INTERRUPTED
  }

  private final @Nullable Tcb thread;
  private final @Nullable Parker parker;
  private final Alarm alarm = new Alarm(this);

  @SuppressWarnings("UnusedVariable") // through GIVEN
  private volatile int given;

  private boolean expired;

  /** Whether the end of its time only makes its thread look again. */
  private final boolean rechecks;

  private Permit(@Nullable Tcb thread, @Nullable Parker parker, boolean rechecks) {
    this.thread = thread;
    this.parker = parker;
    this.rechecks = rechecks;
  }

  /** A permit for the calling thread, not given. */
  public static Permit forCaller() {
    return forCaller(false);
  }

  /**
   * A permit for the calling thread, not given.
   *
   * @param rechecks whether the thread, when its time is over, only looks again and sleeps on
   */
  public static Permit forCaller(boolean rechecks) {
    Tcb self = Tcb.current();
    return new Permit(self, self == null ? Parker.forCaller() : null, rechecks);
  }

  /** Gives the permit. From any thread and any section; never blocks, never throws. */
  public void give() {
    if ((int) GIVEN.getAndSet(this, 1) == 0) {
      Tcb sleeper = thread;
      if (sleeper != null) {
        CpuScheduler.schedule(sleeper);
      } else if (parker != null) {
        parker.unpark();
      }
    }
  }

  private boolean take() {
    return (int) GIVEN.getAndSet(this, 0) == 1;
  }

  /**
   * Sleeps until the permit is given, and takes it. By the thread it was made for.
   *
   * @param nanos how long at most; {@link Long#MAX_VALUE} for no limit
   * @param interruptible whether an interrupt ends the sleep
   * @param what what it waits for, for people
   */
  public Outcome await(long nanos, boolean interruptible, String what) {
    Tcb sleeper = thread;
    if (take()) {
      return Outcome.WOKEN;
    }
    return sleeper == null
        ? awaitParked(Objects.requireNonNull(parker), nanos, interruptible, what)
        : awaitBlocked(sleeper, nanos, interruptible, what);
  }

  private Outcome awaitBlocked(Tcb self, long nanos, boolean interruptible, String what) {
    CpuScheduler cpu = self.cpu();
    cpu.refuseToBlock(self);
    self.enterHard();
    expired = false;
    self.waitsFor(what);
    self.interruptible(interruptible);
    try {
      if (nanos != Long.MAX_VALUE) {
        cpu.arm(alarm, cpu.nanoTime() + nanos);
      }
      for (; ; ) {
        cpu.wantsNoCpu(self);
        boolean woken = take();
        if (woken || expired || (interruptible && Thread.currentThread().isInterrupted())) {
          cpu.wantsCpu(self);
          return woken ? Outcome.WOKEN : expired ? Outcome.TIMED_OUT : Outcome.INTERRUPTED;
        }
        cpu.block(self);
      }
    } finally {
      cpu.disarm(alarm);
      self.interruptible(false);
      self.waitsFor(null);
      self.leaveHard();
    }
  }

  private Outcome awaitParked(Parker own, long nanos, boolean interruptible, String what) {
    long deadline = own.nanoTime() + nanos;
    boolean interrupted = false;
    try {
      while (!take()) {
        if (Thread.interrupted()) {
          interrupted = true;
          if (interruptible) {
            return Outcome.INTERRUPTED;
          }
        }
        if (nanos == Long.MAX_VALUE) {
          own.park(this, nanos, what);
        } else {
          long left = deadline - own.nanoTime();
          if (left <= 0) {
            return Outcome.TIMED_OUT;
          }
          own.park(this, left, what);
        }
      }
      return Outcome.WOKEN;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The time limit of a sleep on a cpu. */
  private static final class Alarm extends Timer {
    private final Permit permit;

    Alarm(Permit permit) {
      this.permit = permit;
    }

    @Override
    protected boolean isRecheck() {
      return permit.rechecks;
    }

    @Override
    protected void fire() {
      Tcb sleeper = permit.thread;
      if (sleeper != null) {
        permit.expired = true;
        sleeper.cpu().makeRunnable(sleeper);
      }
    }
  }
}
