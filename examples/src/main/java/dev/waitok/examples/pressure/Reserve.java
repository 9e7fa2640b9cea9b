package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.Registration;
import dev.waitok.kmalloc.TestHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * With FREE empty, K reclaimers at once find the m pages that each reserved; one less is missed.
 */
final class Reserve implements Scenario {
  private static final int TOGETHER = 2;
  private static final int RUNS = 3;
  private static final int RUN = 5;

  @Override
  public void run(Figures figures) throws InterruptedException {
    int all = TOGETHER * RUNS;
    figures
        .exactly("runsFromAFullReserve", together(RUNS * RUN), all)
        .exactly("runsFromOnePageLess", together(RUNS * RUN - 1), all - TOGETHER);
  }

  /** How many runs the reclaimers got, all inside at once. */
  private static int together(int reserved) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      MallocType type = kmalloc.type("scratch");
      CountDownLatch inside = new CountDownLatch(TOGETHER);
      CountDownLatch took = new CountDownLatch(TOGETHER);
      CountDownLatch done = new CountDownLatch(TOGETHER);
      AtomicInteger got = new AtomicInteger();
      hooks.holdPageout();
      List<Registration> registrations = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        AtomicInteger calls = new AtomicInteger();
        registrations.add(
            kmalloc.reclaimer(
                "reclaimer " + i,
                i,
                reserved,
                pages -> {
                  if (calls.getAndIncrement() > 0) {
                    return 0;
                  }
                  meet(inside);
                  List<Long> scratch = take(type);
                  meet(took);
                  got.addAndGet(scratch.size());
                  scratch.forEach(type::kfree);
                  done.countDown();
                  return 0;
                }));
      }
      List<Integer> taken = new ArrayList<>();
      for (int page = hooks.takeFree(); page >= 0; page = hooks.takeFree()) {
        taken.add(page);
      }
      hooks.resumePageout();
      done.await();
      taken.forEach(hooks::giveFree);
      registrations.forEach(Registration::close);
      return got.get();
    }
  }

  private static void meet(CountDownLatch latch) throws InterruptedException {
    latch.countDown();
    latch.await();
  }

  private static List<Long> take(MallocType type) {
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      long run = type.tryKmallocAddress((long) RUN * PAGE, M_INTNOWAIT);
      if (run >= 0) {
        runs.add(run);
      }
    }
    return runs;
  }
}
