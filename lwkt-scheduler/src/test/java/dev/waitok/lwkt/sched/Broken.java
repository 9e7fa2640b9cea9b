package dev.waitok.lwkt.sched;

import java.util.ArrayList;
import java.util.List;

/** Breaks a rule of the scheduler from outside, between two steps of a simulation. */
public final class Broken {
  private Broken() {}

  /** Marks the queued threads of at least that priority as raised, though they have run since. */
  public static void letPreemptAgain(CpuScheduler cpu, int priority) {
    List<Tcb> found = new ArrayList<>();
    for (int level = priority; level < RunQueue.LEVELS; level++) {
      for (Tcb t = cpu.queue.head(level); t != null; t = cpu.queue.after(t)) {
        if (!t.mayPreempt) {
          found.add(t);
        }
      }
    }
    for (Tcb t : found) {
      cpu.queue.remove(t);
      t.mayPreempt = true;
      cpu.queue.addLast(t);
      cpu.needLook();
    }
  }
}
