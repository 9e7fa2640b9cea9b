package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Reports;
import dev.waitok.lwkt.sched.Tcb;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds threads that block in Java code and keep their cpu while others suffer: the same thread
 * seen blocked on the same cpu twice in a row, with no switch between. One that was given the cpu
 * and waits for the JVM to run it is not blocked: on a busy machine that takes as long.
 */
final class BlockingWatch {
  private record Seen(@Nullable Tcb thread, long switches, boolean reported) {}

  private final Reports reports;
  private final List<Seen> last = new ArrayList<>();

  BlockingWatch(Reports reports) {
    this.reports = reports;
  }

  void look(List<CpuScheduler> cpus) {
    for (int i = 0; i < cpus.size(); i++) {
      if (last.size() <= i) {
        last.add(new Seen(null, 0, false));
      }
      CpuScheduler cpu = cpus.get(i);
      Tcb thread = cpu.running();
      long switches = cpu.counters().switches();
      if (thread == null || !(thread.victim() != null || thread.criticalDepth() > 0)) {
        last.set(i, new Seen(null, switches, false));
        continue;
      }
      boolean blocked = isBlocked(thread);
      Seen before = last.get(i);
      boolean again = before.thread == thread && before.switches == switches;
      if (blocked && again && !before.reported) {
        reports.blockedInJava(thread);
      }
      last.set(i, new Seen(blocked ? thread : null, switches, blocked && again));
    }
  }

  private static boolean isBlocked(Tcb thread) {
    if (thread.isParkedForCpu()) {
      return false;
    }
    boolean blocked =
        switch (thread.javaThread().getState()) {
          case WAITING, TIMED_WAITING, BLOCKED -> true;
          default -> false;
        };
    return blocked && !thread.isParkedForCpu();
  }
}
