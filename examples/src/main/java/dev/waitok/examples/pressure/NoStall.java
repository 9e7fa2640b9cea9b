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

  /**
   * Collections are the whole JVM's: one may come for what others have left, or be under way from
   * before. A round is repeated only if that is all that is wrong with it, so its requests have
   * left next to nothing on the heap; and in one of so many there must be none.
   */
  private static final int ROUNDS = 3;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public void run(Figures figures) {
    try (LogLines log = new LogLines();
        Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType asker = kmalloc.type("asker");
      long[] nanos = new long[REQUESTS];
      long begin = System.nanoTime();
      Round round = Round.of(asker, nanos);
      int rounds = 1;
      while (round.hadOnlyCollections() && rounds < ROUNDS) {
        round = Round.of(asker, nanos);
        rounds++;
      }
      while (log.containing("memory is exhausted") == 0 && Scenario.secondsSince(begin) < 5) {
        Thread.onSpinWait();
      }
      double seconds = Scenario.secondsSince(begin);
      long lines = log.containing("memory is exhausted");
      figures
          .figure("blocksHeld", filled.blocks())
          .figure("rounds", rounds)
          .figure("p50Nanos", round.p50Nanos)
          .atMost("p9999Nanos", round.p9999Nanos, BOUND)
          .exactly("served", round.served, 0)
          .atMost("heapBytesAllocated", round.allocated, GARBAGE)
          .exactly("collections", round.collections, 0)
          .exactly("timesBlocked", round.blocked, 0)
          .exactly("timesWaited", round.waited, 0)
          .figure("seconds", seconds)
          .atLeast("linesLogged", lines, 1)
          .atMost("linesLoggedInAll", lines, Math.ceil(seconds))
          .exactly("tablesLogged", log.containing("  holder "), lines)
          .exactly("linesApart", log.containing(", cached "), lines);
      filled.free();
    }
  }

  /** What a million requests cost. */
  private record Round(
      long p50Nanos,
      long p9999Nanos,
      long served,
      long allocated,
      long collections,
      long blocked,
      long waited) {

    boolean hadOnlyCollections() {
      return collections > 0
          && allocated <= GARBAGE
          && p9999Nanos <= BOUND
          && (served | blocked | waited) == 0;
    }

    /** Asks, with room for the times: 8 MB anew would invite a collection. */
    static Round of(MallocType asker, long[] nanos) {
      long collections = collectionsSoFar();
      ThreadInfo before = self();
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long served = 0;
      for (int i = 0; i < REQUESTS; i++) {
        long from = System.nanoTime();
        served += asker.tryKmallocAddress(PAGE, M_INTNOWAIT) >= 0 ? 1 : 0;
        nanos[i] = System.nanoTime() - from;
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      ThreadInfo after = self();
      collections = collectionsSoFar() - collections;
      Arrays.sort(nanos);
      return new Round(
          nanos[REQUESTS / 2],
          nanos[REQUESTS - REQUESTS / 10_000],
          served,
          allocated,
          collections,
          after.getBlockedCount() - before.getBlockedCount(),
          after.getWaitedCount() - before.getWaitedCount());
    }
  }

  private static long collectionsSoFar() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static ThreadInfo self() {
    return THREADS.getThreadInfo(Thread.currentThread().threadId());
  }
}
