package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Dispatcher;
import dev.waitok.lwkt.dispatch.IdleSeat;

/** Cpus that never run: what others do to them stays there to be seen. */
public final class Cpus {
  private static final Dispatcher DISPATCHER = new IdleSeat.Idle();
  private static final Nobody NOBODY = new Nobody();
  private static final int PRIORITY = 10;

  private final Machine machine;

  /** So many. */
  public Cpus(int count) {
    machine = new Machine("stress", count, DISPATCHER, NOBODY, NOBODY);
  }

  /** A thread of one of them. */
  public Tcb newThread(int cpu) {
    return machine.cpus().get(cpu).newThread("stress", PRIORITY, this, () -> {}, () -> {}, false);
  }

  /** Whether one of them has something to look at. */
  public boolean wasTold(int cpu) {
    return machine.cpus().get(cpu).needsLook();
  }

  ThreadSource newInterrupt() {
    return new ThreadSource(machine.cpus().get(0), "stress", PRIORITY, this, () -> {}, () -> {});
  }

  private static final class Nobody implements Refusals, Reports {
    private static IllegalStateException unexpected() {
      return new IllegalStateException("nobody runs here");
    }

    @Override
    public RuntimeException mustBlock() {
      return unexpected();
    }

    @Override
    public RuntimeException cannotBlock(String thread, String why) {
      return unexpected();
    }

    @Override
    public RuntimeException pinned(String thread, long nanos) {
      return unexpected();
    }

    @Override
    public boolean isMustBlock(Throwable thrown) {
      return false;
    }

    @Override
    public void uncaught(Tcb thread, Throwable thrown) {}

    @Override
    public void pinned(Tcb thread) {}

    @Override
    public void blockedInJava(Tcb thread) {}

    @Override
    public void unbalanced(Tcb thread, String what) {}
  }
}
