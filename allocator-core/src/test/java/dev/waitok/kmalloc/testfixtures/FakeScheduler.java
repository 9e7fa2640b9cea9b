package dev.waitok.kmalloc.testfixtures;

import dev.waitok.kmalloc.spi.CpuAttachment;
import dev.waitok.kmalloc.spi.ExecutionContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A scheduler of several cpus on the test's own thread: the test says on which cpu it is, whether
 * it preempts, and what happens while it sleeps.
 */
public class FakeScheduler implements ExecutionContext {
  private Thread thread = Thread.currentThread();
  private final List<FakeCaller> cpus = new ArrayList<>();
  private final Deque<Runnable> messages = new ArrayDeque<>();
  private Runnable onSleep =
      () -> {
        throw new WouldSleep();
      };
  private Runnable onSwitch = () -> {};
  private int current = -1;
  private boolean keepsAttachments;
  private int preemptionPoints;
  private volatile boolean atRest;

  /** Thrown out of an allocator call that would sleep, unless the test says what happens then. */
  public static final class WouldSleep extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public FakeScheduler(int cpus) {
    for (int i = 0; i < cpus; i++) {
      this.cpus.add(new FakeCaller(i));
    }
  }

  /** From now on the test's thread runs on a cpu; -1 makes it a plain thread. */
  public FakeScheduler on(int cpu) {
    thread = Thread.currentThread();
    if (current >= 0 && cpus.get(current).critical != 0) {
      throw new AssertionError("a critical section was not left");
    }
    runMessages();
    current = cpu;
    return this;
  }

  /** Whether the test's thread preempts somebody, until it switches away. */
  public FakeScheduler preempting(boolean preempting) {
    cpus.get(current).preempting = preempting;
    return this;
  }

  public boolean isPreempting() {
    return cpus.get(current).preempting;
  }

  /** Why the test's thread may not block, or null. */
  public void forbidBlocking(String why) {
    cpus.get(current).whyNot = why;
  }

  /** Makes the test's thread unable to switch away. */
  public void pin(boolean pinned) {
    cpus.get(current).pinned = pinned;
  }

  /** How many preemption points there were beside those at the ends of critical sections. */
  public int preemptionPoints() {
    return preemptionPoints;
  }

  /** Has cpus keep what is attached to them, as long as they are attached to one allocator only. */
  public void keepAttachments() {
    keepsAttachments = true;
  }

  /** Whether it says that none of its threads can run. */
  public void atRest(boolean rests) {
    atRest = rests;
  }

  /** What happens while the test's thread sleeps. */
  public void onSleep(Runnable action) {
    onSleep = action;
  }

  /** What happens while the test's thread has switched away. */
  public void onSwitch(Runnable action) {
    onSwitch = action;
  }

  /** Lets all cpus handle their messages. */
  public void runMessages() {
    for (Runnable task = messages.poll(); task != null; task = messages.poll()) {
      task.run();
    }
  }

  @Override
  public Caller caller() {
    return Thread.currentThread() == thread && current >= 0 ? cpus.get(current) : null;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    messages.add(task);
    if (Thread.currentThread() == thread && current >= 0 && cpus.get(current).critical == 0) {
      runMessages();
    }
    return true;
  }

  @Override
  public boolean isAtRest() {
    return atRest;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void startService(String name, Runnable body) {
    throw new IllegalStateException("the base context starts services");
  }

  private final class FakeCaller implements Caller {
    private final int cpu;
    private int critical;
    private boolean preempting;
    private boolean pinned;
    private String whyNot;
    private CpuAttachment attachment;

    FakeCaller(int cpu) {
      this.cpu = cpu;
    }

    @Override
    public int cpu() {
      return cpu;
    }

    @Override
    public CpuAttachment attachment() {
      return attachment;
    }

    @Override
    public void attach(CpuAttachment kept) {
      if (keepsAttachments) {
        attachment = kept;
      }
    }

    @Override
    public boolean preempting() {
      return preempting;
    }

    @Override
    public String whyNotBlock() {
      return whyNot;
    }

    @Override
    public void enterCritical() {
      critical++;
    }

    @Override
    public void leaveCritical() {
      if (--critical < 0) {
        throw new AssertionError("left a critical section that was not entered");
      }
    }

    @Override
    public void preemptionPoint() {
      preemptionPoints++;
    }

    @Override
    public boolean switchAway() {
      requireOutside("switched away");
      if (!preempting) {
        throw new AssertionError("switched away while preempting nobody");
      }
      if (!pinned) {
        preempting = false;
        onSwitch.run();
      }
      return !pinned;
    }

    @Override
    public Sleeper newSleeper() {
      return new Sleeper() {
        private boolean woken;

        @Override
        public void sleep(long nanos) {
          requireOutside("slept");
          if (preempting) {
            throw new AssertionError("slept while preempting");
          }
          if (!woken) {
            onSleep.run();
          }
          woken = false;
        }

        @Override
        public void wake() {
          woken = true;
        }
      };
    }

    private void requireOutside(String what) {
      if (critical > 0) {
        throw new AssertionError(what + " in " + critical + " critical sections");
      }
    }
  }
}
