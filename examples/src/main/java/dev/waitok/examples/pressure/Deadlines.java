package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Waits end at their deadline, or when their thread is interrupted, and lose no memory. */
final class Deadlines implements Scenario {
  private static final int WAITS = 200;
  private static final Duration DEADLINE = Duration.ofMillis(100);

  /** How much later than its deadline a wait may be seen to end on a loaded machine. */
  private static final double LATE_SECONDS = 1;

  @Override
  public void run(Figures figures) throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      Filled filled = Filled.all(kmalloc);
      MallocType asker = kmalloc.type("asker");
      LongAdder timeouts = new LongAdder();
      LongAdder interrupts = new LongAdder();
      long from = System.nanoTime();
      join(
          start(
              () -> {
                try {
                  asker.kfree(asker.kmalloc(PAGE, DEADLINE));
                } catch (KmallocTimeoutException e) {
                  timeouts.increment();
                }
              }));
      double last = Scenario.secondsSince(from);
      List<Thread> patient =
          start(
              () -> {
                try {
                  asker.kfree(asker.kmallocInterruptibly(PAGE, M_WAITOK));
                } catch (InterruptedException e) {
                  interrupts.increment();
                }
              });
      patient.forEach(Thread::interrupt);
      join(patient);
      figures
          .exactly("timeouts", timeouts.sum(), WAITS)
          .atMost("lastTimeoutSeconds", last, DEADLINE.toMillis() / 1e3 + LATE_SECONDS)
          .exactly("interrupts", interrupts.sum(), WAITS)
          .exactly("bytesChargedAfterwards", asker.statistics().bytes(), 0);
      filled.free();
    }
  }

  private static List<Thread> start(Runnable body) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WAITS; i++) {
      threads.add(Thread.startVirtualThread(body));
    }
    return threads;
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
