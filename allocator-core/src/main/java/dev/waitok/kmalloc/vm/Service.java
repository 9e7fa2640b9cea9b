package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service thread that goes round when it is asked to, and once a tick without being asked. What a
 * round throws is logged and ends nothing.
 */
public final class Service {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /** One round; told whether it was asked for, or is due. */
  @FunctionalInterface
  public interface Round {
    /** Goes round. */
    void go(boolean asked);
  }

  private final String name;
  private final Callers callers;
  private final long tickNanos;
  private final Round round;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile @Nullable Sleeper sleeper;
  private volatile @Nullable Sleeper closer;
  private volatile boolean started;
  private volatile boolean closing;
  private volatile boolean ended;

  /** A service, not yet started. */
  public Service(String name, Callers callers, long tickNanos, Round round) {
    this.name = name;
    this.callers = callers;
    this.tickNanos = tickNanos;
    this.round = round;
  }

  /** Starts the thread. */
  public void start() {
    started = true;
    callers.base().startService(name, this::run);
  }

  /** Asks for a round: one flag, and no call if one is asked for already. Never blocks. */
  public void wake() {
    if (!wanted.get() && wanted.compareAndSet(false, true)) {
      Sleeper s = sleeper;
      if (s != null) {
        s.wake();
      }
    }
  }

  /** Whether the thread is to end; a long round looks. */
  boolean closing() {
    return closing;
  }

  /** Ends the thread; returns when it is gone. */
  public void close(Caller caller) {
    closeWithin(caller, Long.MAX_VALUE);
  }

  /** Ends the thread; returns when it is gone, or after a time: it may hang. */
  void closeWithin(Caller caller, long nanos) {
    long from = callers.base().nanoTime();
    Sleeper mine = caller.newSleeper();
    closer = mine;
    closing = true;
    Sleeper s = sleeper;
    if (s != null) {
      s.wake();
    }
    while (started && !ended && callers.base().nanoTime() - from < nanos) {
      mine.sleep(Math.min(nanos, 1_000_000_000L));
    }
  }

  private void run() {
    try {
      Sleeper mine = callers.caller().newSleeper();
      sleeper = mine;
      long due = callers.base().nanoTime() + tickNanos;
      while (!closing) {
        long left = due - callers.base().nanoTime();
        if (!wanted.get() && left > 0) {
          mine.sleep(left);
        }
        boolean asked = wanted.getAndSet(false);
        if (asked && !closing) {
          goRound(true);
        }
        if (callers.base().nanoTime() - due >= 0 && !closing) {
          goRound(false);
          due = callers.base().nanoTime() + tickNanos;
        }
      }
    } finally {
      ended = true;
      Sleeper waiting = closer;
      if (waiting != null) {
        waiting.wake();
      }
    }
  }

  private void goRound(boolean asked) {
    try {
      round.go(asked);
    } catch (Throwable e) {
      LOG.error("a round of {} failed; it goes on", name, e);
    }
  }
}
