package dev.waitok.lwkt.sched;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An interrupt with a thread of its own. Raising coalesces, and after every raise a whole run of
 * the handler begins:
 *
 * <pre>
 *   IDLE   -> RAISED  // raise: the cpu is told
 *   RAISED -> IDLE    // a run begins
 *   IDLE   -> CLOSED  // its thread, asked to close, found nothing more to do
 * </pre>
 */
public abstract sealed class InterruptSource extends Message
    permits ThreadSource, FastSource, ItemSource {
  private static final int IDLE = 0;
  private static final int RAISED = 1;
  private static final int CLOSED = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(InterruptSource.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final CpuScheduler cpu;
  private final Tcb thread;

  @SuppressWarnings("UnusedVariable") // through STATE
  private volatile int state;

  private volatile boolean closing;

  /** Its thread was told of a raise and has not gone back to waiting. On the cpu. */
  boolean active;

  /**
   * Makes an interrupt and its thread; {@link #open} starts it.
   *
   * @param face the public face of its thread
   * @param ended runs on its thread when it has closed
   */
  InterruptSource(CpuScheduler cpu, String name, int priority, Object face, Runnable ended) {
    this.cpu = cpu;
    this.thread = cpu.newThread(name, priority, face, this::live, ended, false);
  }

  /** One run of the handler, on the interrupt's thread. */
  abstract void handle();

  /** Whether the thread may end now that it is asked to and has nothing to do. */
  boolean mayClose() {
    return true;
  }

  /** Starts its thread. The machine has admitted it. */
  public final void open() {
    thread.javaThread().start();
  }

  /** Its thread. */
  public final Tcb thread() {
    return thread;
  }

  final int priority() {
    return thread.priority;
  }

  /**
   * Asks for one whole run from now on. From any thread and any section; never blocks.
   *
   * @return false if the interrupt is closed, so that there will be none
   */
  public final boolean raise() {
    Tcb self = Tcb.current();
    if (self != null && self.cpu == cpu && runsAtOnce(self)) {
      return true;
    }
    if (!STATE.compareAndSet(this, IDLE, RAISED)) {
      // Somebody's raise is not taken yet; the fence orders what the caller did before this look.
      VarHandle.fullFence();
      int seen = (int) STATE.getVolatile(this);
      if (seen == RAISED) {
        return true;
      }
      return seen != CLOSED && raise();
    }
    if (self != null && self.cpu == cpu) {
      self.critical++;
      self.hard++;
      deliver(cpu);
      self.hard--;
      self.leaveCritical();
    } else {
      cpu.post(this);
    }
    return true;
  }

  /** 0 if nobody's raise waits for a run, and none will be refused: one volatile read. */
  final int state() {
    return (int) STATE.getVolatile(this);
  }

  /**
   * Runs the handler for a raise by the cpu's own current thread, where that is the whole effect of
   * raising and looking; false if it is not.
   */
  boolean runsAtOnce(Tcb self) {
    return false;
  }

  /** Takes the raise, if there is one; a run must follow. */
  final boolean takeRaise() {
    return STATE.compareAndSet(this, RAISED, IDLE);
  }

  /** A run that had begun has to begin again. */
  final void giveRaiseBack() {
    STATE.compareAndSet(this, IDLE, RAISED);
  }

  /** Takes no raise any more once those that came are served; its thread then ends. Any thread. */
  public final void close() {
    closing = true;
    wakeToClose();
  }

  final boolean isClosing() {
    return closing;
  }

  /** Has the thread look whether it may end. Any thread. */
  final void wakeToClose() {
    cpu.send(
        () -> {
          if (!active) {
            active = true;
            cpu.makeRunnable(thread);
          }
        });
  }

  @Override
  void deliver(CpuScheduler on) {
    toThread();
  }

  /** Has its thread run, preempting if it may. On the cpu, in a hard section. */
  final void toThread() {
    if (!active) {
      active = true;
      cpu.raise(thread);
    }
  }

  /** The life of its thread. */
  private void live() {
    for (; ; ) {
      if (takeRaise()) {
        runOnce();
      } else if (closing && mayClose() && STATE.compareAndSet(this, IDLE, CLOSED)) {
        return;
      } else {
        awaitRaise();
      }
    }
  }

  private void runOnce() {
    try {
      handle();
    } catch (Throwable e) {
      cpu.machine.reports().uncaught(thread, e);
    }
    thread.endSections();
  }

  private void awaitRaise() {
    thread.enterHard();
    active = false;
    thread.runnable = false;
    if ((int) STATE.getVolatile(this) == RAISED || (closing && mayClose())) {
      active = true;
      thread.runnable = true;
    } else {
      thread.waitsFor("a raise");
      cpu.block(thread);
      thread.waitsFor(null);
    }
    thread.leaveHard();
  }
}
