package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Parker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds whether a machine is at rest: none of its threads can run until somebody outside acts.
 *
 * <p>Each cpu is asked by a message whether it is idle for good: nobody is queued, away or blocked
 * in Java code, and no timer is armed that changes anything. A cpu that was may have been woken by
 * one that was asked later; but that wake-up is in its inbox before the question of the next round.
 * So a machine is at rest if all cpus say so twice, and have not switched in between.
 */
final class RestProbe {
  private static final int ROUNDS = 2;

  /** A cpu that does not answer for so long is not at rest: 100 ms. */
  private static final long ANSWER_NANOS = 100_000_000L;

  private static final long BUSY = -1;

  private final Machine machine;
  private final Parker asker = Parker.forCaller();

  private RestProbe(Machine machine) {
    this.machine = machine;
  }

  /** Asks all cpus. By a thread of nobody's, which waits for the answers. */
  static boolean isAtRest(Machine machine) {
    RestProbe probe = new RestProbe(machine);
    long switches = BUSY;
    for (int round = 0; round < ROUNDS; round++) {
      long now = probe.ask();
      if (now == BUSY || (round > 0 && now != switches)) {
        return false;
      }
      switches = now;
    }
    return true;
  }

  /** How many switches all cpus have made, or that they are not all idle for good. */
  private long ask() {
    if (machine.expectsWork()) {
      return BUSY;
    }
    AtomicInteger asked = new AtomicInteger(machine.cpus().size());
    AtomicBoolean busy = new AtomicBoolean();
    AtomicLong switches = new AtomicLong();
    for (CpuScheduler cpu : machine.cpus()) {
      boolean sent =
          cpu.send(
              () -> {
                if (cpu.isIdleForGood()) {
                  switches.addAndGet(cpu.counters().switches);
                } else {
                  busy.set(true);
                }
                if (asked.decrementAndGet() == 0) {
                  asker.unpark();
                }
              });
      if (!sent) {
        return BUSY;
      }
    }
    long from = asker.nanoTime();
    while (asked.get() > 0 && asker.nanoTime() - from < ANSWER_NANOS) {
      asker.park(this, ANSWER_NANOS, "answers of cpus");
    }
    return asked.get() > 0 || busy.get() ? BUSY : switches.get();
  }
}
