package dev.waitok.lwkt.sched;

/** The life of a cpu's idle thread: looks, hands the cpu to whoever can run, or sleeps. */
final class IdleLoop {
  private IdleLoop() {}

  /** Returns when the cpu closes. By the idle thread. */
  static void run(CpuScheduler cpu) {
    Tcb idle = cpu.idle;
    for (; ; ) {
      cpu.drain();
      cpu.preemption.fastToThreads();
      Tcb next = cpu.switcher.pick(0);
      if (next != null) {
        idle.state(Tcb.State.READY);
        cpu.become(next);
        cpu.seat.transfer(idle.strand(), next.strand());
      } else if (cpu.machine.mayClose()) {
        break;
      } else {
        cpu.sleep(Long.MAX_VALUE);
      }
    }
    cpu.inbox.close();
    cpu.inbox.needLook();
    cpu.drain();
  }
}
