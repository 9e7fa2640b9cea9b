package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Threads that wait for memory for seconds use next to no processor time. */
final class IdleWaiters implements Scenario {
  private static final int THREADS = 50;
  private static final int SECONDS = 3;

  /** A look of its own once a second, in microseconds for each. */
  private static final long MICROS_A_LOOK = 1_000;

  @Override
  public void run(Figures figures) throws InterruptedException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType asker = kmalloc.type("asker");
      List<Thread> waiters = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        waiters.add(Thread.ofPlatform().start(() -> asker.kfree(asker.kmallocAddress(PAGE))));
      }
      while (kmalloc.pageStatistics().waiting() < THREADS) {
        Thread.onSpinWait();
      }
      long before = cpuNanos(threads, waiters);
      TimeUnit.SECONDS.sleep(SECONDS);
      long micros = (cpuNanos(threads, waiters) - before) / 1000;
      filled.free();
      for (Thread waiter : waiters) {
        waiter.join();
      }
      figures
          .figure("secondsWaitedByAll", THREADS * SECONDS)
          .atMost("cpuMicrosOfWaiting", micros, THREADS * SECONDS * MICROS_A_LOOK);
    }
  }

  private static long cpuNanos(ThreadMXBean threads, List<Thread> of) {
    return of.stream().mapToLong(t -> threads.getThreadCpuTime(t.threadId())).sum();
  }
}
