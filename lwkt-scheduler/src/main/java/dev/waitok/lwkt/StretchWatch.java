package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Tcb;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long busy cpus go without a preemption point, while a recording wants to know: a
 * message to the cpu is delivered at its next one. The thread that runs when a message is overdue
 * is the offender, and its stack is taken there and then. Nothing is measured by the threads
 * themselves, so a section costs what it always does.
 */
final class StretchWatch {
  static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final class Probe {
    private final long sent = System.nanoTime();
    private volatile boolean delivered;
    private boolean reported;
  }

  private final List<@Nullable Probe> probes = new ArrayList<>();

  /** Looks at each cpu; called about every {@link #LIMIT_NANOS}. */
  void look(List<CpuScheduler> cpus) {
    for (int i = 0; i < cpus.size(); i++) {
      if (probes.size() <= i) {
        probes.add(null);
      }
      CpuScheduler cpu = cpus.get(i);
      Probe probe = probes.get(i);
      Tcb thread = cpu.running();
      if (probe == null || probe.delivered) {
        probes.set(i, thread == null ? null : send(cpu));
      } else if (thread != null && !probe.reported) {
        long stretch = System.nanoTime() - probe.sent;
        if (stretch >= LIMIT_NANOS) {
          probe.reported = true;
          report(cpu, thread, stretch, probe);
        }
      }
    }
  }

  private static @Nullable Probe send(CpuScheduler cpu) {
    Probe probe = new Probe();
    return cpu.send(() -> probe.delivered = true) ? probe : null;
  }

  private static void report(CpuScheduler cpu, Tcb thread, long stretch, Probe probe) {
    LongStretchEvent event = new LongStretchEvent();
    event.critical = thread.criticalDepth() > 0;
    event.stack = StallEvent.lines(List.of(thread.javaThread().getStackTrace()));
    if (probe.delivered) {
      return; // it went on meanwhile: the stack may be somebody's who is innocent
    }
    event.cpu = cpu.index();
    event.thread = thread.name();
    event.stretch = stretch;
    event.commit();
  }
}
