package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.CannotBlockException;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.ReclaimerStatistics;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Who is called first, what a reclaimer may not do, and what becomes of one that overruns. */
final class ReclaimerRules implements Scenario {
  private static final int ASKED = 20;

  @Override
  public void run(Figures figures) throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(2 * MIB).pageSize(PAGE).build()) {
      MallocType held = kmalloc.type("held");
      MallocType work = kmalloc.type("work");
      Queue<Long> blocks = new ConcurrentLinkedQueue<>();
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger deepest = new AtomicInteger();
      LongAdder refused = new LongAdder();
      LongAdder onTheAsker = new LongAdder();
      Thread asker = Thread.currentThread();
      kmalloc.reclaimer(
          "late",
          1,
          0,
          pages -> {
            release.await();
            return 0;
          });
      kmalloc.reclaimer(
          "cheap",
          2,
          0,
          pages -> {
            deepest.accumulateAndGet(inside.incrementAndGet(), Math::max);
            if (Thread.currentThread().equals(asker)) {
              onTheAsker.increment();
            }
            try {
              work.kmallocAddress(PAGE);
            } catch (CannotBlockException e) {
              refused.increment();
            }
            int given = 0;
            for (Long b = blocks.poll(); b != null && given < pages; b = blocks.poll()) {
              held.kfree(b);
              given++;
            }
            inside.decrementAndGet();
            return given;
          });
      kmalloc.reclaimer("dear", 3, 0, pages -> 0);
      for (int i = 0; i < ASKED; i++) {
        for (long b = held.tryKmallocAddress(PAGE); b >= 0; b = held.tryKmallocAddress(PAGE)) {
          blocks.add(b);
        }
        work.kfree(work.kmallocAddress(8L * PAGE));
      }
      long from = System.nanoTime();
      while (of(kmalloc, "late").setAside() == null && Scenario.secondsSince(from) < 5) {
        Thread.onSpinWait();
      }
      figures
          .atLeast("callsOfTheCheapOne", of(kmalloc, "cheap").calls(), 1)
          .figure("nanosOfTheCheapOne", of(kmalloc, "cheap").nanos())
          .atMost("callsOfTheDearOne", of(kmalloc, "dear").calls(), of(kmalloc, "cheap").calls())
          .exactly("waitsRefusedInside", refused.sum(), of(kmalloc, "cheap").calls())
          .exactly("deepestCall", deepest.get(), 1)
          .exactly("callsOnTheAskingThread", onTheAsker.sum(), 0)
          .exactly("lateOnesSetAside", of(kmalloc, "late").setAside() == null ? 0 : 1, 1);
      release.countDown();
    }
  }

  private static ReclaimerStatistics of(Kmalloc kmalloc, String name) {
    return kmalloc.reclaimers().stream().filter(r -> r.name().equals(name)).findAny().orElseThrow();
  }
}
