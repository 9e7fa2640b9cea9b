package dev.waitok.lwkt;

import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.lwkt.sched.Broken;
import org.jspecify.annotations.Nullable;

/** Stands between a scheduler and its allocator and tells it what is not so. */
record BrokenPort(SchedulerPort port, MemoryProgram.Mutant mutant) implements SchedulerPort {
  @Override
  public Lease attach(ExecutionContext scheduler, int cpus) {
    return port.attach(new Context(scheduler, mutant), cpus);
  }

  /** Lets the interrupts of a scheduler preempt that are queued without having been raised. */
  static void letPreemptAgain(Lwkt lwkt) {
    for (Cpu cpu : lwkt.cpus()) {
      Broken.letPreemptAgain(cpu.scheduler(), Priority.INT_LOW.level());
    }
  }

  private record Context(ExecutionContext scheduler, MemoryProgram.Mutant mutant)
      implements ExecutionContext {
    @Override
    public @Nullable Caller caller() {
      Caller caller = scheduler.caller();
      return caller == null ? null : new BrokenCaller(caller, mutant);
    }

    @Override
    public boolean send(int cpu, Runnable task) {
      return scheduler.send(cpu, task);
    }

    @Override
    public long nanoTime() {
      return scheduler.nanoTime();
    }

    @Override
    public void startService(String name, Runnable body) {
      scheduler.startService(name, body);
    }
  }

  private record BrokenCaller(ExecutionContext.Caller caller, MemoryProgram.Mutant mutant)
      implements ExecutionContext.Caller {
    @Override
    public int cpu() {
      return caller.cpu();
    }

    @Override
    public boolean preempting() {
      return mutant != MemoryProgram.Mutant.CACHE_FOR_PREEMPTORS && caller.preempting();
    }

    @Override
    public @Nullable String whyNotBlock() {
      return caller.whyNotBlock();
    }

    @Override
    public void enterCritical() {
      caller.enterCritical();
    }

    @Override
    public void leaveCritical() {
      caller.leaveCritical();
    }

    @Override
    public boolean switchAway() {
      if (mutant == MemoryProgram.Mutant.YIELDS) {
        Lwkt.yield();
        return true;
      }
      return caller.switchAway();
    }

    @Override
    public ExecutionContext.Sleeper newSleeper() {
      return caller.newSleeper();
    }
  }
}
