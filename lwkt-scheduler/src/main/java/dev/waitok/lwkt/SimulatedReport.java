package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.Tokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The threads of one scheduler in a simulation's report. */
final class SimulatedReport {
  private SimulatedReport() {}

  static String of(String name, Set<LwktThread> threads) {
    List<LwktThread> inOrder = new ArrayList<>(threads);
    inOrder.sort(Comparator.comparingLong(LwktThread::number));
    StringBuilder lines = new StringBuilder();
    lines.append("  ").append(name).append(":\n");
    for (LwktThread thread : inOrder) {
      lines.append("    ").append(thread);
      Tcb tcb = thread.tcb();
      Tcb victim = tcb.victim();
      if (victim != null) {
        lines.append(", preempts ").append(victim.name());
      }
      if (tcb.criticalDepth() > 0) {
        lines.append(", in ").append(tcb.criticalDepth()).append(" sections");
      }
      lines.append(Tokens.describe(tcb)).append('\n');
    }
    return lines.toString();
  }
}
