package dev.waitok.kmalloc.context;

import dev.waitok.kmalloc.spi.ExecutionContext;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The context of plain platform and virtual threads: nobody preempts anybody, a wait parks the
 * thread, and there is no cpu to send a message to.
 */
public final class PlainContext implements ExecutionContext {
  private static final Caller ORDINARY = new PlainCaller(null);
  private static final Caller SERVICE =
      new PlainCaller("a pager, a reclaimer or another service is running, which others wait for");

  /** Never null: every thread is at least a plain one. */
  @Override
  public Caller caller() {
    return Thread.currentThread() instanceof ServiceThread ? SERVICE : ORDINARY;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return false;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void startService(String name, Runnable body) {
    new ServiceThread(name, body).start();
  }

  /** A thread that others wait for and that therefore may not wait for memory itself. */
  private static final class ServiceThread extends Thread {
    ServiceThread(String name, Runnable body) {
      super(null, body, name, 0, false);
      setDaemon(true);
    }
  }

  record PlainCaller(@Nullable String whyNotBlock) implements Caller {
    @Override
    public int cpu() {
      throw new IllegalStateException("a plain thread has no cpu");
    }

    @Override
    public boolean preempting() {
      return false;
    }

    @Override
    public void enterCritical() {}

    @Override
    public void leaveCritical() {}

    @Override
    public boolean switchAway() {
      throw new IllegalStateException("a plain thread preempts nobody: nothing to switch to");
    }

    @Override
    public Sleeper newSleeper() {
      return new ParkingSleeper(Thread.currentThread());
    }
  }

  private static final class ParkingSleeper implements Sleeper {
    private final Thread thread;
    private volatile boolean woken;

    ParkingSleeper(Thread thread) {
      this.thread = thread;
    }

    @Override
    public void sleep(long nanos) {
      boolean unusedInterrupted = sleep(nanos, false);
    }

    @Override
    public boolean sleepInterruptibly(long nanos) {
      return sleep(nanos, true);
    }

    private boolean sleep(long nanos, boolean interruptible) {
      boolean interrupted = interruptible && Thread.interrupted();
      long deadline = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
      while (!woken && !(interruptible && interrupted)) {
        if (nanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            break;
          }
          LockSupport.parkNanos(this, left);
        }
        interrupted |= Thread.interrupted();
      }
      woken = false;
      if (interrupted) {
        thread.interrupt();
      }
      return interrupted;
    }

    @Override
    public void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }
  }
}
