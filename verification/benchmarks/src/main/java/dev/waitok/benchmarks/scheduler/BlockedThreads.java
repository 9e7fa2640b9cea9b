package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * How many bytes of heap does a thread need that has started and is blocked? What is reachable
 * after a full collection, with the threads less without them; each thread's stack is its own few
 * frames.
 */
public final class BlockedThreads {
  /** So that the frames which are kept are compiled ones, as in a program that runs for long. */
  private static final int WARM_UP = 20_000;

  private BlockedThreads() {}

  /** Starts a thread that blocks at once, until it is scheduled. */
  static LwktThread lwkt(Lwkt lwkt) {
    return lwkt.thread("blocked")
        .start(
            () -> {
              Objects.requireNonNull(Lwkt.current()).deschedule();
              Lwkt.switchAway();
            });
  }

  /**
   * Of LWKT threads, which stay blocked.
   *
   * @param count how many
   * @return bytes for each
   */
  public static double lwktBytes(int count) throws InterruptedException {
    OneCpu cpu = new OneCpu();
    for (int i = 0; i < WARM_UP; i++) {
      LwktThread thread = lwkt(cpu.lwkt());
      cpu.run(Lwkt::yield);
      thread.schedule();
      thread.join();
    }
    LwktThread[] threads = new LwktThread[count];
    long before = usedHeap();
    for (int i = 0; i < count; i++) {
      threads[i] = lwkt(cpu.lwkt());
    }
    cpu.run(Lwkt::yield); // all have run until they blocked
    return perThread(before, threads);
  }

  /**
   * Of default virtual threads, which stay blocked.
   *
   * @param count how many
   * @return bytes for each
   */
  public static double virtualBytes(int count) throws InterruptedException {
    for (int i = 0; i < WARM_UP; i++) {
      CountDownLatch arrived = new CountDownLatch(1);
      Thread thread = parked(arrived);
      arrived.await();
      LockSupport.unpark(thread);
      thread.join();
    }
    Thread[] threads = new Thread[count];
    CountDownLatch arrived = new CountDownLatch(count);
    long before = usedHeap();
    for (int i = 0; i < count; i++) {
      threads[i] = parked(arrived);
    }
    arrived.await();
    return perThread(before, threads);
  }

  private static Thread parked(CountDownLatch arrived) {
    return Thread.startVirtualThread(
        () -> {
          arrived.countDown();
          LockSupport.park();
        });
  }

  private static double perThread(long before, Object[] threads) {
    try {
      return (double) (usedHeap() - before) / threads.length;
    } finally {
      Reference.reachabilityFence(threads);
    }
  }

  private static long usedHeap() {
    MemoryUsage usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    for (int i = 0; i < 3; i++) {
      System.gc();
      usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }
    return usage.getUsed();
  }
}
