package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * How many bytes of heap does a thread need that has started and is blocked? What is reachable after
 * a full collection, with the threads less without them; each thread's stack is its own few frames.
 */
public final class BlockedThreads {
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
   * Of LWKT threads.
   *
   * @param count how many
   * @return bytes for each
   */
  public static double lwktBytes(int count) throws InterruptedException {
    OneCpu cpu = new OneCpu();
    LwktThread[] threads = new LwktThread[count];
    long before = usedHeap();
    for (int i = 0; i < count; i++) {
      threads[i] = lwkt(cpu.lwkt());
    }
    cpu.run(Lwkt::yield);
    double bytes = (double) (usedHeap() - before) / count;
    cpu.run(
        () -> {
          for (LwktThread thread : threads) {
            thread.schedule();
          }
        });
    for (LwktThread thread : threads) {
      thread.join();
    }
    cpu.stop();
    return bytes;
  }

  /**
   * Of default virtual threads.
   *
   * @param count how many
   * @return bytes for each
   */
  public static double virtualBytes(int count) throws InterruptedException {
    Thread[] threads = new Thread[count];
    CountDownLatch arrived = new CountDownLatch(count);
    long before = usedHeap();
    for (int i = 0; i < count; i++) {
      threads[i] =
          Thread.startVirtualThread(
              () -> {
                arrived.countDown();
                LockSupport.park();
              });
    }
    arrived.await();
    double bytes = (double) (usedHeap() - before) / count;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return bytes;
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
