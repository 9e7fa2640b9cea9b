package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One scheduler: its cpus, and how many threads live on them. */
public final class Machine {
  /** Set in the count of threads when no more are taken. */
  private static final long CLOSED = 1L << 62;

  private final Dispatcher dispatcher;
  private final Refusals refusals;
  private final Reports reports;
  private final List<CpuScheduler> cpus;
  private final AtomicLong threads = new AtomicLong();

  /** Threads that were started and are on no cpu yet, and sources of work from outside. */
  private final AtomicLong expected = new AtomicLong();

  private volatile boolean stopping;

  /**
   * Makes the cpus; {@link CpuScheduler#open} starts each.
   *
   * @param name names the Java threads that serve them
   */
  public Machine(String name, int cpus, Dispatcher dispatcher, Refusals refusals, Reports reports) {
    this.dispatcher = dispatcher;
    this.refusals = refusals;
    this.reports = reports;
    List<CpuScheduler> all = new ArrayList<>(cpus);
    for (int i = 0; i < cpus; i++) {
      all.add(new CpuScheduler(this, i, name + "-cpu" + i));
    }
    this.cpus = List.copyOf(all);
  }

  /** Its cpus, by index. */
  public List<CpuScheduler> cpus() {
    return cpus;
  }

  /** How control is handed over. */
  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /** Who makes the exceptions. */
  public Refusals refusals() {
    return refusals;
  }

  /** Who takes the reports. */
  public Reports reports() {
    return reports;
  }

  /**
   * Counts a thread that is about to start.
   *
   * @return false if no more are taken
   */
  public boolean admit() {
    long seen;
    do {
      seen = threads.get();
      if ((seen & CLOSED) != 0) {
        return false;
      }
    } while (!threads.compareAndSet(seen, seen + 1));
    return true;
  }

  /** Counts a thread that has ended, or was admitted and never started. */
  public void retire() {
    if ((threads.decrementAndGet() & ~CLOSED) == 0 && stopping) {
      lookAll();
    }
  }

  /** Something will have a thread run sooner or later, or (-1) no longer. From any thread. */
  public void expectWork(int change) {
    expected.addAndGet(change);
  }

  boolean expectsWork() {
    return expected.get() != 0;
  }

  /**
   * Whether none of its threads can run until somebody outside acts, and no timer is armed but such
   * as only look again. By a thread of nobody's; takes some microseconds, 300 ms at most.
   */
  public boolean isAtRest() {
    return RestProbe.isAtRest(this);
  }

  /** How many threads are admitted and have not ended, interrupt threads included. */
  public long live() {
    return threads.get() & ~CLOSED;
  }

  /** Takes no more threads from now on. */
  public void refuseThreads() {
    threads.getAndUpdate(n -> n | CLOSED);
  }

  /** Lets each cpu close as soon as no thread lives any more. */
  public void stop() {
    stopping = true;
    lookAll();
  }

  boolean mayClose() {
    return stopping && live() == 0;
  }

  /** Throws if one of I1 to I5 does not hold on some cpu. While no cpu runs, or all are stopped. */
  public void checkInvariants() {
    for (CpuScheduler cpu : cpus) {
      Invariant.check(cpu);
    }
  }

  private void lookAll() {
    for (CpuScheduler cpu : cpus) {
      cpu.nudge();
    }
  }
}
