package dev.waitok.lwkt;

import dev.waitok.kmalloc.spi.CpuAttachment;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.Schedulers;
import dev.waitok.lwkt.dispatch.CpuNote;
import dev.waitok.lwkt.dispatch.Occupant;
import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Inbox;
import dev.waitok.lwkt.sched.Machine;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.Permit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * What an allocator is told about the threads of one scheduler. The only class that knows both.
 *
 * <p>{@link #caller} is the hottest path of all: it finds the thread that runs and returns an
 * object made with that thread. Everything an allocator asks afterwards is a field or two.
 */
final class LwktContext implements ExecutionContext {
  /** How long a preemptor that is pinned waits before it may look for free pages again. */
  private static final long PINNED_PAUSE = 1_000_000L;

  static {
    try {
      Schedulers.provideOwnCpu(
          MethodHandles.lookup()
              .findStatic(LwktContext.class, "ownCpu", MethodType.methodType(OwnCpu.class)));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Machine machine;

  LwktContext(Machine machine) {
    this.machine = machine;
  }

  @Override
  public @Nullable Caller caller() {
    Tcb thread = Tcb.current();
    if (thread == null) {
      return null;
    }
    LwktCaller caller = (LwktCaller) thread.contextSlot();
    if (caller == null || caller.machine != machine) {
      throw Failures.foreignThread(thread.name());
    }
    return caller;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return machine.cpus().get(cpu).send(task);
  }

  @Override
  public long nanoTime() {
    return machine.dispatcher().nanoTime();
  }

  @Override
  public void startService(String name, Runnable body) {
    machine.dispatcher().startService(name, body);
  }

  @Override
  public boolean isAtRest() {
    return machine.isAtRest();
  }

  /** What {@link Schedulers#ownCpu} is for threads of all schedulers here. */
  @SuppressWarnings("UnusedMethod") // through a method handle
  private static @Nullable OwnCpu ownCpu() {
    return Occupant.note() instanceof LwktCpu here ? here : null;
  }

  /** One thread, as an allocator sees it. */
  static final class LwktCaller implements Caller {
    private final Tcb thread;
    private final CpuScheduler cpu;
    private final Machine machine;
    private final int index;
    private @Nullable CpuAttachment attachment;

    LwktCaller(Tcb thread) {
      this.thread = thread;
      this.cpu = thread.cpu();
      this.machine = cpu.machine();
      this.index = cpu.index();
    }

    @Override
    public int cpu() {
      return index;
    }

    @Override
    public @Nullable CpuAttachment attachment() {
      return attachment;
    }

    @Override
    public void attach(CpuAttachment kept) {
      attachment = kept;
      Occupant.leaveNote(new LwktCpu(cpu, kept));
    }

    @Override
    public boolean preempting() {
      return thread.preempting();
    }

    @Override
    public @Nullable String whyNotBlock() {
      return thread.whyNotBlock();
    }

    @Override
    public void enterCritical() {
      thread.enterCritical();
    }

    @Override
    public void leaveCritical() {
      thread.leaveCritical();
    }

    @Override
    public void preemptionPoint() {
      thread.preemptionPoint();
    }

    @Override
    public boolean switchAway() {
      if (cpu.switchAway(thread)) {
        return true;
      }
      cpu.pauseInPlace(thread, PINNED_PAUSE);
      return false;
    }

    @Override
    public Sleeper newSleeper() {
      return new LwktSleeper(Permit.forCaller(true));
    }
  }

  /**
   * One cpu of direct dispatch, once an allocator has been called there. It is what the carrier
   * knows, so that the allocator's shortest path does not wait for five loads in a row, from the
   * carrier to its thread to what the allocator keeps for that: 3 ns a pair of calls. It has the
   * inbox for the same reason.
   */
  private static final class LwktCpu extends CpuNote implements OwnCpu {
    private final CpuScheduler cpu;
    private final Inbox inbox;
    private final CpuAttachment attachment;

    LwktCpu(CpuScheduler cpu, CpuAttachment attachment) {
      this.cpu = cpu;
      this.inbox = cpu.inbox();
      this.attachment = attachment;
    }

    @Override
    public CpuAttachment attachment() {
      return attachment;
    }

    @Override
    public boolean mayBlock() {
      return cpu.currentMayBlock();
    }

    @Override
    public void preemptionPoint() {
      if (inbox.needsLook()) {
        cpu.preemptionPoint();
      }
    }
  }

  /** A permit in the allocator's words. */
  private record LwktSleeper(Permit permit) implements Sleeper {
    @Override
    public void sleep(long nanos) {
      Permit.Outcome _ = permit.await(nanos, false, "memory");
    }

    @Override
    public boolean sleepInterruptibly(long nanos) {
      return permit.await(nanos, true, "memory") == Permit.Outcome.INTERRUPTED;
    }

    @Override
    public void wake() {
      permit.give();
    }
  }
}
