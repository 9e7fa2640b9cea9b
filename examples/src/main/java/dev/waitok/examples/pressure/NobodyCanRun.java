package dev.waitok.examples.pressure;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.Scheduler;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.MemoryReport;
import dev.waitok.kmalloc.MemoryStalledException;
import dev.waitok.kmalloc.StallPolicy;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * LWKT threads that each hold a part and want more: where only they use an arena, it is known at
 * once that nobody can free any, the youngest gives up, and the others go on.
 */
final class NobodyCanRun implements Scenario {
  private static final int THREADS = 4;
  private static final int WANTED = 128;

  /** Four times that is nearly all there is. */
  private static final int PART = 55;

  private final DispatchOption dispatch;

  NobodyCanRun(DispatchOption dispatch) {
    this.dispatch = dispatch;
  }

  @Override
  public void run(Figures figures) throws InterruptedException {
    Queue<MemoryReport> reports = new ConcurrentLinkedQueue<>();
    AtomicInteger halfway = new AtomicInteger();
    AtomicInteger gaveUp = new AtomicInteger();
    long from;
    double seconds;
    try (Kmalloc kmalloc =
            Kmalloc.builder()
                .arena(MIB)
                .pageSize(PAGE)
                .scheduledOnly()
                .reportStallAfter(Duration.ofMinutes(10))
                .onStall(StallPolicy.THROW_TO_YOUNGEST)
                .onStall(reports::add)
                .build();
        Lwkt lwkt = Scheduler.start(kmalloc, dispatch, 2)) {
      MallocType type = kmalloc.type("part");
      List<LwktThread> threads = new ArrayList<>();
      from = System.nanoTime();
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            lwkt.thread("t" + i).cpu(i % 2).start(() -> gaveUp.addAndGet(take(type, halfway))));
      }
      for (LwktThread thread : threads) {
        if (!thread.join(Duration.ofSeconds(60))) {
          throw new IllegalStateException("waits for ever: " + thread);
        }
      }
      seconds = Scenario.secondsSince(from);
    }
    figures
        .atLeast("gaveUpAtRest", gaveUp.get(), 1)
        .exactly("reportsAtRest", reports.size(), gaveUp.get())
        .atMost("secondsAtRest", seconds, 5);
  }

  /** Takes a part, waits for the others to have theirs, and wants the rest. */
  private static int take(MallocType type, AtomicInteger halfway) {
    List<Long> held = new ArrayList<>();
    try {
      for (int i = 0; i < WANTED; i++) {
        held.add(type.kmallocAddress(PAGE));
        if (i == PART) {
          halfway.incrementAndGet();
          while (halfway.get() < THREADS) {
            Lwkt.yield();
          }
        }
      }
      return 0;
    } catch (MemoryStalledException e) {
      return 1;
    } finally {
      held.forEach(type::kfree);
    }
  }
}
