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
  /**
   * So many threads live the same lives before, twice, so that the frames which are kept are
   * compiled ones, as in a program that runs for long.
   */
  private static final int WARM_UP = 50_000;

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
    for (int i = 0; i < 2; i++) {
      for (LwktThread thread : blockedLwkt(cpu, WARM_UP)) {
        thread.schedule();
        thread.join();
      }
    }
    long before = usedHeap();
    LwktThread[] threads = blockedLwkt(cpu, count);
    return perThread(before, threads);
  }

  /**
   * Of default virtual threads, which stay blocked.
   *
   * @param count how many
   * @return bytes for each
   */
  public static double virtualBytes(int count) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      for (Thread thread : parked(WARM_UP)) {
        LockSupport.unpark(thread);
        thread.join();
      }
    }
    long before = usedHeap();
    Thread[] threads = parked(count);
    return perThread(before, threads);
  }

  private static LwktThread[] blockedLwkt(OneCpu cpu, int count) throws InterruptedException {
    LwktThread[] threads = new LwktThread[count];
    for (int i = 0; i < count; i++) {
      threads[i] = lwkt(cpu.lwkt());
    }
    cpu.run(Lwkt::yield); // all have run until they blocked
    return threads;
  }

  private static Thread[] parked(int count) throws InterruptedException {
    Thread[] threads = new Thread[count];
    CountDownLatch arrived = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      threads[i] =
          Thread.startVirtualThread(
              () -> {
                arrived.countDown();
                LockSupport.park();
              });
    }
    arrived.await();
    return threads;
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
