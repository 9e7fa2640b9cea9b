package dev.waitok.lwkt.sched;

/** The life of one thread on its cpu, from its first hand-over to its last. */
record ThreadBody(Tcb thread, Runnable body, Runnable ended) implements Runnable {
  @Override
  public void run() {
    CpuScheduler cpu = thread.cpu;
    if (cpu.needsLook()) {
      cpu.look(thread);
    }
    try {
      body.run();
    } catch (Throwable e) {
      cpu.machine.reports().uncaught(thread, e);
    }
    thread.endSections();
    try {
      ended.run();
    } catch (Throwable e) {
      cpu.machine.reports().uncaught(thread, e);
    }
    cpu.machine.retire();
    thread.critical++;
    thread.hard++;
    cpu.switcher.exit(thread);
  }
}
