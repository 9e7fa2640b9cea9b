package dev.waitok.lwkt.dispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A strand of direct dispatch: a virtual thread and the executor that the JDK calls whenever the
 * thread can be run.
 *
 * <p>The JDK's calls are hints, not orders. A thread dump resubmits threads that are queued
 * already; a thread may be submitted before it has come off its carrier; virtual threads started
 * inside this one inherit its executor. So {@link #execute} never runs anything and never throws (a
 * refusal out of an unpark would lose the thread for ever); it only records, and only three things:
 *
 * <pre>
 *   RUNNING -> SIGNALLED  // submitted while it runs or waits for the seat: look again when it stops
 *   RUNNING -> WAITING    // the seat saw it stop in Java code
 *   WAITING -> SIGNALLED  // it can go on: the client is told, once
 *   any     -> RUNNING    // the seat runs it
 * </pre>
 */
final class DirectStrand extends Strand implements Executor {
  private static final int RUNNING = 0;
  private static final int SIGNALLED = 1;
  private static final int WAITING = 2;

  private static final VarHandle SIGNAL;

  static {
    try {
      SIGNAL = MethodHandles.lookup().findVarHandle(DirectStrand.class, "signal", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final DirectSeat seat;
  private final boolean announce;
  private final @Nullable Thread thread;

  /** What runs or continues the thread: the first thing the JDK ever submits. */
  private @Nullable Runnable continuation;

  @SuppressWarnings("UnusedVariable") // through SIGNAL
  private volatile int signal;

  /** Runs beside the seat, on the default scheduler: between leave and rejoin. */
  private volatile boolean away;

  /** Set by the strand on its way back, until the JDK has unmounted it and submits it. */
  private volatile boolean rejoining;

  /** Has given the seat away for good; what is left of the thread runs on the default scheduler. */
  private volatile boolean done;

  // Only touched on the seat's carrier thread, by it or by what it carries.

  /** In the middle of handing the seat over: the submission that follows is our own yield. */
  private boolean handing;

  /** The submission that follows takes the strand off the seat. */
  private boolean leaving;

  /** It gave the seat away by a transfer and has not run since. */
  boolean yielded;

  /** It was run while {@link #yielded}, and did not run: the JDK holds it suspended. */
  boolean ranInVain;

  DirectStrand(
      DirectSeat seat, String name, Object owner, @Nullable Runnable body, boolean announce) {
    super(owner);
    this.seat = seat;
    this.announce = announce;
    this.thread = body == null ? null : DirectAccess.newVirtualThread(this, name, body);
  }

  @Override
  public Thread javaThread() {
    return thread == null ? seat.carrier : thread;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // there is one such task for each thread, for life
  public void execute(Runnable task) {
    if (continuation == null) {
      // Nothing else can come first: children exist only after this thread has run.
      first(task);
    } else if (task != continuation) {
      DirectAccess.defaultScheduler().execute(task);
    } else if (away || done) {
      resumeAway(task);
    } else if (DirectAccess.currentCarrier() == seat.carrier && (handing || leaving)) {
      // Decided by the carrier: the current thread is still the virtual one.
      if (leaving) {
        leaving = false;
        away = true;
        DirectAccess.defaultScheduler().execute(task);
      } else {
        handing = false;
      }
    } else {
      signal();
    }
  }

  private void first(Runnable task) {
    continuation = task;
    if (announce) {
      if (!seat.client.started(this)) {
        throw new RejectedExecutionException("the scheduler takes no more threads");
      }
      seat.client.ready(this);
    }
  }

  private void resumeAway(Runnable task) {
    if (rejoining && !done) {
      rejoining = false;
      away = false;
      seat.client.ready(this);
    } else {
      DirectAccess.defaultScheduler().execute(task);
    }
  }

  private void signal() {
    for (; ; ) {
      int seen = (int) SIGNAL.getVolatile(this);
      if (seen == SIGNALLED) {
        return;
      }
      if (SIGNAL.compareAndSet(this, seen, SIGNALLED)) {
        if (seen == WAITING) {
          seat.client.ready(this);
        } else {
          seat.signalled();
        }
        return;
      }
    }
  }

  /**
   * Runs the thread until it stops, for whatever reason. On the carrier.
   *
   * <p>After a hand-over it can surely be run, so an old signal need not be cleared, unless that
   * has been tried in vain; at worst the strand is once taken for ready when it is not.
   */
  void run() {
    if (!yielded || ranInVain) {
      // A full fence: a submission that saw the old signal is not missed by the JDK's own check.
      SIGNAL.setVolatile(this, RUNNING);
    }
    Runnable task = continuation;
    if (task != null) {
      task.run();
    }
  }

  /** Whether a submission came since it last began to run. */
  boolean isSignalled() {
    return (int) SIGNAL.getVolatile(this) == SIGNALLED;
  }

  /** Notes that it stopped in Java code. Returns true if it can go on already. */
  boolean waitForSignal() {
    return !SIGNAL.compareAndSet(this, RUNNING, WAITING);
  }

  void beginHanding() {
    handing = true;
    yielded = true;
    ranInVain = false;
  }

  /** The strand runs again, or never stopped. */
  void endHanding() {
    handing = false;
    yielded = false;
  }

  void beginLeaving() {
    leaving = true;
  }

  /** The strand was pinned and never left. */
  void cancelLeaving() {
    leaving = false;
  }

  void beginRejoining() {
    rejoining = true;
  }

  /** Brings the strand back from the default scheduler. On the seat. */
  void collect() {
    if (rejoining) {
      Thread self = javaThread();
      if (self.getState() == Thread.State.WAITING) {
        LockSupport.unpark(self); // and the JDK submits it to us
      } else {
        seat.client.send(this::collect);
      }
    }
  }

  void end() {
    done = true;
  }
}
