package dev.waitok.stress;

import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import org.jspecify.annotations.Nullable;

/**
 * An ordinary caller whose sleep ends by a wake-up, or by an exception once the other one is done
 * and has not woken it: then nobody would. It does not park, so that the race is about the code
 * under test.
 */
public final class PatientCaller implements ExecutionContext, Caller, Sleeper {
  /** The sleep would not have ended. */
  private static final class NobodyWakes extends RuntimeException {
    private static final long serialVersionUID = 1;

    NobodyWakes() {
      super("asleep for good", null, false, false);
    }
  }

  private volatile boolean woken;
  private volatile boolean done;

  /** The other one has done what should end the sleep. */
  public void done() {
    done = true;
  }

  /** Runs what may sleep; false if it would have slept for good. */
  public boolean endures(Runnable body) {
    try {
      body.run();
      return true;
    } catch (NobodyWakes e) {
      return false;
    }
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // the other one may need the processor
  public void sleep(long nanos) {
    while (!woken) {
      boolean last = done;
      if (woken) {
        break;
      }
      if (last) {
        throw new NobodyWakes();
      }
      Thread.yield();
    }
    woken = false;
  }

  @Override
  public void wake() {
    woken = true;
  }

  @Override
  public Sleeper newSleeper() {
    return this;
  }

  @Override
  public Caller caller() {
    return this;
  }

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return false;
  }

  @Override
  public void startService(String name, Runnable body) {
    throw new IllegalStateException("no services here");
  }

  @Override
  public int cpu() {
    return 0;
  }

  @Override
  public boolean preempting() {
    return false;
  }

  @Override
  public @Nullable String whyNotBlock() {
    return null;
  }

  @Override
  public void enterCritical() {}

  @Override
  public void leaveCritical() {}

  @Override
  public boolean switchAway() {
    throw new IllegalStateException("preempts nobody");
  }
}
