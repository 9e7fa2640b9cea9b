package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import com.sun.management.ThreadMXBean;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/** A million requests without wait against an empty arena: refused at once, each of them. */
final class NoStall implements Scenario {
  private static final int REQUESTS = 1_000_000;

  /** What a loaded machine of two processors may take a thread away for, in nanoseconds. */
  private static final long BOUND = 20_000_000;

  /** What all of them may leave on the heap, in bytes. */
  private static final long GARBAGE = 64 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public void run(Figures figures) {
    try (LogLines log = new LogLines();
        Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType asker = kmalloc.type("asker");
      long[] nanos = new long[REQUESTS];
      long collections = collections();
      ThreadInfo before = self();
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long begin = System.nanoTime();
      long served = 0;
      for (int i = 0; i < REQUESTS; i++) {
        long from = System.nanoTime();
        served += asker.tryKmallocAddress(PAGE, M_INTNOWAIT) >= 0 ? 1 : 0;
        nanos[i] = System.nanoTime() - from;
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      ThreadInfo after = self();
      collections = collections() - collections;
      while (log.containing("memory is exhausted") == 0 && Scenario.secondsSince(begin) < 5) {
        Thread.onSpinWait();
      }
      double seconds = Scenario.secondsSince(begin);
      long lines = log.containing("memory is exhausted");
      Arrays.sort(nanos);
      figures
          .figure("blocksHeld", filled.blocks())
          .figure("p50Nanos", nanos[REQUESTS / 2])
          .atMost("p9999Nanos", nanos[REQUESTS - REQUESTS / 10_000], BOUND)
          .exactly("served", served, 0)
          .atMost("heapBytesAllocated", allocated, GARBAGE)
          .exactly("collections", collections, 0)
          .exactly("timesBlocked", after.getBlockedCount() - before.getBlockedCount(), 0)
          .exactly("timesWaited", after.getWaitedCount() - before.getWaitedCount(), 0)
          .figure("seconds", seconds)
          .atLeast("linesLogged", lines, 1)
          .atMost("linesLoggedInAll", lines, Math.ceil(seconds))
          .exactly("tablesLogged", log.containing("  holder "), lines)
          .exactly("linesApart", log.containing(", cached "), lines);
      filled.free();
    }
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static ThreadInfo self() {
    return THREADS.getThreadInfo(Thread.currentThread().threadId());
  }
}
