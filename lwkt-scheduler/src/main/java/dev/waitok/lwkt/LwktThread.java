package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.Completion;
import dev.waitok.lwkt.sync.Permit;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A light weight kernel thread. It belongs to one cpu for life; only that cpu runs it, and other
 * threads' requests reach it as messages to that cpu.
 */
public final class LwktThread {
  /** Numbers the threads of the process, so that a close takes them in the order they were made. */
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.getAndIncrement();
  private final Cpu cpu;
  private final Priority priority;
  private final Completion ended = new Completion();
  private final boolean servesInterrupt;
  private @Nullable Tcb bound;

  LwktThread(Cpu cpu, Priority priority, boolean servesInterrupt) {
    this.cpu = cpu;
    this.priority = priority;
    this.servesInterrupt = servesInterrupt;
  }

  void bind(Tcb thread) {
    bound = thread;
    thread.contextSlot(new LwktContext.LwktCaller(thread));
  }

  long number() {
    return number;
  }

  boolean servesInterrupt() {
    return servesInterrupt;
  }

  Tcb tcb() {
    Tcb thread = bound;
    if (thread == null) {
      throw new IllegalStateException("the thread is not bound yet");
    }
    return thread;
  }

  void hasEnded() {
    ended.complete();
  }

  /**
   * Its name.
   *
   * @return the name
   */
  public String name() {
    return tcb().name();
  }

  /**
   * Its cpu.
   *
   * @return the cpu it belongs to
   */
  public Cpu cpu() {
    return cpu;
  }

  /**
   * Its priority.
   *
   * @return the priority it was started with
   */
  public Priority priority() {
    return priority;
  }

  /**
   * The Java thread that carries it, for thread dumps and interrupts by Java's own means.
   *
   * @return a virtual thread
   */
  public Thread javaThread() {
    return tcb().javaThread();
  }

  /**
   * Makes it runnable (lwkt_schedule), from any thread and any section; never blocks. A thread that
   * runs keeps running and will not be blocked by the deschedule that came before. A sleeping
   * thread wakes early. On the thread's own cpu this is a preemption point.
   */
  public void schedule() {
    CpuScheduler.schedule(tcb());
  }

  /**
   * Takes it off its run queue (lwkt_deschedule), from any thread; never blocks. A thread that
   * runs, the caller itself included, runs on until it next switches, and then stays off the cpu
   * until somebody schedules it.
   */
  public void deschedule() {
    CpuScheduler.deschedule(tcb());
  }

  /** Interrupts it: ends its {@link Lwkt#tsleep} or join, or whatever Java code it blocks in. */
  public void interrupt() {
    CpuScheduler.interrupt(tcb());
  }

  /**
   * Whether it has not ended. A thread that was never started counts as alive.
   *
   * @return false once its body has ended
   */
  public boolean isAlive() {
    return !ended.isDone();
  }

  /**
   * Waits for its end. What the thread did happens-before the return.
   *
   * @throws InterruptedException if the caller is interrupted first
   */
  public void join() throws InterruptedException {
    boolean _ = join(Long.MAX_VALUE);
  }

  /**
   * Waits for its end.
   *
   * @param atMost how long
   * @return whether it has ended
   * @throws InterruptedException if the caller is interrupted first
   */
  public boolean join(Duration atMost) throws InterruptedException {
    return join(Lwkt.nanos(atMost));
  }

  boolean join(long nanos) throws InterruptedException {
    Tcb self = Tcb.current();
    if (self != null) {
      self.cpu().refuseToBlock(self);
    }
    Permit.Outcome outcome = ended.await(nanos, "the end of " + name());
    if (outcome == Permit.Outcome.INTERRUPTED) {
      boolean _ = Thread.interrupted();
      throw new InterruptedException("interrupted while waiting for the end of " + name());
    }
    return outcome == Permit.Outcome.WOKEN;
  }

  @Override
  public String toString() {
    Tcb thread = tcb();
    String waitsFor = thread.waitsFor();
    return String.format(
        Locale.ROOT,
        "%s[cpu %d, %s, %s%s]",
        thread.name(),
        cpu.index(),
        priority,
        thread.state(),
        waitsFor == null ? "" : ", waits for " + waitsFor);
  }

  /** How a thread is to be started. */
  public static final class Starter {
    private final Lwkt lwkt;
    private final String name;
    private Priority priority = Priority.KERN_DAEMON;
    private int cpu = -1;

    Starter(Lwkt lwkt, String name) {
      this.lwkt = lwkt;
      this.name = name;
    }

    /**
     * Sets its priority; {@link Priority#KERN_DAEMON} if not set.
     *
     * @param itsPriority the priority
     * @return this
     */
    public Starter priority(Priority itsPriority) {
      priority = itsPriority;
      return this;
    }

    /**
     * Sets its cpu; if not set, cpus take turns.
     *
     * @param index the cpu's index
     * @return this
     * @throws IllegalArgumentException if there is no such cpu
     */
    public Starter cpu(int index) {
      cpu = lwkt.cpu(index).index();
      return this;
    }

    /**
     * Starts the thread: it is queued at its cpu. From any thread that may block.
     *
     * @param body what it runs
     * @return the thread
     * @throws LwktClosedException if the scheduler takes no more threads
     */
    public LwktThread start(Runnable body) {
      return lwkt.startThread(cpu, name, priority, body);
    }
  }
}
