package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Occupant;
import dev.waitok.lwkt.dispatch.Strand;
import org.jspecify.annotations.Nullable;

/**
 * The thread control block: all that the scheduler knows of one thread. It belongs to one cpu for
 * life, and only code that runs on that cpu touches what is not final or volatile.
 *
 * <pre>
 *   NEW       -> READY      // started
 *   BLOCKED   -> READY      // scheduled, woken, raised, or able to go on after Java blocking
 *   READY     -> RUNNING    // chosen by a switch, or preempts
 *   READY     -> BLOCKED    // descheduled
 *   RUNNING   -> PREEMPTED  // an interrupt thread preempts it
 *   PREEMPTED -> RUNNING    // the preemptor ended, blocked or switched
 *   RUNNING   -> READY      // switched while runnable
 *   RUNNING   -> BLOCKED    // switched while not runnable, or blocked in Java code, or left
 *   RUNNING   -> DONE       // its body ended
 * </pre>
 */
public final class Tcb {
  /** Where a thread is in its life; see the arrows above. */
  public enum State {
    /** Has not been started. An interrupt's thread begins as BLOCKED instead. */
    NEW,
    /** Waits for nothing but the cpu. */
    READY,
    /** Is the cpu's current thread. */
    RUNNING,
    /** Lent the cpu to an interrupt thread and gets it back at once when that one stops. */
    PREEMPTED,
    /** Waits for something else than the cpu. */
    BLOCKED,
    /** Has ended. */
    DONE
  }

  private static final State[] STATES = State.values();

  private final String name;
  final int priority;
  final CpuScheduler cpu;
  private final Object face;
  private @Nullable Strand strand;
  private Runnable whenAdmitted = () -> {};
  private boolean admitted;

  /** Its number: a reference would cost the collector's barrier, two or three times a switch. */
  private int state;

  /** Whether it wants the cpu: what schedule and deschedule say. Independent of whether it runs. */
  boolean runnable;

  /** Whether dispatch can run it: false while it is blocked in Java code, away, or not started. */
  boolean dispatchable;

  /** It was raised and has not run since: its next run may preempt. Spent by any run. */
  boolean mayPreempt;

  /** Whom it preempts. */
  @Nullable Tcb preempted;

  // The run queue's: where it has the thread, and its neighbours there.
  int place;
  int next;
  int previous;

  /** Depth of critical sections, hard sections and spin locks included. */
  int critical;

  /** Depth of what forbids blocking: hard sections, spin locks, IPI functions, the scheduler. */
  int hard;

  /** How many of the hard ones are spin locks. */
  int spinLocks;

  /** How many of the hard ones are IPI functions and timer actions. */
  int functions;

  /** A FAST interrupt runs on this thread's stack. */
  int fast;

  /** What it holds only while it runs, and whether there is any of it. */
  @Nullable Holdings holdings;

  int held;

  /** What it waits for, for people: plain, for it is written twice a sleep and read by chance. */
  private @Nullable String waitsFor;

  /** Sleeps such that an interrupt ends it. */
  boolean interruptible;

  /** When it first waited in place because it is pinned, and last. */
  long pinnedSince;

  long pinnedLast;

  /** A place for the room above: this thread's entry in a sleep queue. */
  @Nullable Object sleepSlot;

  /** A place for the public face: this thread as an allocator sees it. */
  private @Nullable Object contextSlot;

  final Message scheduleMessage = new Schedule(this);
  final Message readyMessage = new Ready(this);

  Tcb(String name, int priority, CpuScheduler cpu, Object face) {
    this.name = name;
    this.priority = priority;
    this.cpu = cpu;
    this.face = face;
    state(State.NEW);
  }

  /** The thread that calls, or null if the caller is none of ours. */
  public static @Nullable Tcb current() {
    return (Tcb) Occupant.current();
  }

  /** What happens when the machine has admitted it. Before it is started. */
  public void whenAdmitted(Runnable action) {
    whenAdmitted = action;
  }

  /**
   * Has the machine count it, once. By the thread that starts it.
   *
   * @return false if no more threads are taken
   */
  public boolean admit() {
    if (!admitted) {
      cpu.queue.expect();
      if (!cpu.machine.admit()) {
        cpu.queue.expectNoMore();
        return false;
      }
      admitted = true;
      if (is(State.NEW)) {
        cpu.machine.expectWork(1);
      }
      whenAdmitted.run();
    }
    return true;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its priority, 0 to 31. */
  public int priority() {
    return priority;
  }

  /** The cpu it belongs to. */
  public CpuScheduler cpu() {
    return cpu;
  }

  /** What the public face keeps for this thread. */
  public Object face() {
    return face;
  }

  void bind(Strand itsStrand) {
    strand = itsStrand;
  }

  Strand strand() {
    Strand bound = strand;
    if (bound == null) {
      throw new IllegalStateException(name + " has no strand");
    }
    return bound;
  }

  /** The Java thread under it. */
  public Thread javaThread() {
    return strand().javaThread();
  }

  /** Whether all that its Java thread is parked for is its cpu. Any thread. */
  public boolean isParkedForCpu() {
    return strand().isParkedForSeat();
  }

  /** A snapshot of its state, for people and tests. */
  public State state() {
    return STATES[state];
  }

  @SuppressWarnings("EnumOrdinal") // which never leaves the process
  boolean is(State which) {
    return state == which.ordinal();
  }

  @SuppressWarnings("EnumOrdinal")
  void state(State next) {
    state = next.ordinal();
  }

  /** Whether it runs on top of somebody it interrupted, in the widest sense. On its cpu. */
  public boolean preempting() {
    return preempted != null || hard + fast > 0;
  }

  /** On top of which thread it runs, if it is an interrupt thread that preempts. On its cpu. */
  public @Nullable Tcb victim() {
    return preempted;
  }

  /** Whether a FAST interrupt is what runs. On its cpu. */
  public boolean inFast() {
    return fast > 0;
  }

  /** Why it may not block at all, or null. On its cpu. */
  public @Nullable String whyNotBlock() {
    if (hard == 0) {
      return null;
    }
    return functions > 0
        ? "an IPI function runs"
        : spinLocks > 0 ? "a spin lock is held" : "it is in a hard section";
  }

  /** Enters a critical section. By the thread itself. */
  public void enterCritical() {
    critical++;
  }

  /** Leaves a critical section; leaving the outermost one lets pending interrupts preempt. */
  public void leaveCritical() {
    if (--critical == 0 && cpu.needsLook()) {
      cpu.look(this);
    }
    assert critical >= 0 : name + " left a critical section that it had not entered";
  }

  /** Lets pending interrupts preempt, unless this is a critical section. By the thread itself. */
  public void preemptionPoint() {
    if (cpu.needsLook() && critical == 0) {
      cpu.look(this);
    }
  }

  /** Enters a hard section. By the thread itself. */
  public void enterHard() {
    critical++;
    hard++;
  }

  /** Leaves a hard section. */
  public void leaveHard() {
    hard--;
    leaveCritical();
  }

  /** Enters the section of a spin lock. */
  public void enterSpin() {
    critical++;
    hard++;
    spinLocks++;
  }

  /** Leaves the section of a spin lock. */
  public void leaveSpin() {
    spinLocks--;
    hard--;
    leaveCritical();
  }

  /** A body or a run has ended: what it did not leave or release is left, released and reported. */
  void endSections() {
    if (critical > 0) {
      cpu.machine.reports().unbalanced(this, "a section");
      critical = 0;
      hard = 0;
      spinLocks = 0;
    }
    Holdings all = holdings;
    if (held > 0 && all != null) {
      cpu.machine.reports().unbalanced(this, "a token");
      all.abandon();
    }
  }

  /** How deep in critical sections it is. On its cpu. */
  public int criticalDepth() {
    return critical;
  }

  /** How deep in hard sections it is. On its cpu. */
  public int hardDepth() {
    return hard;
  }

  /** What it holds while it runs, if it ever did. On its cpu. */
  public @Nullable Holdings holdings() {
    return holdings;
  }

  /** Sets what it holds, and how many things that are. On its cpu. */
  public void holdings(Holdings all, int count) {
    holdings = all;
    held = count;
  }

  /** A snapshot of what it waits for, for people; null if nothing. */
  public @Nullable String waitsFor() {
    return waitsFor;
  }

  /** Notes what it waits for. */
  public void waitsFor(@Nullable String what) {
    waitsFor = what;
  }

  /** Whether an interrupt is to end its sleep. On its cpu. */
  public void interruptible(boolean may) {
    interruptible = may;
  }

  /** The public face's slot. */
  public @Nullable Object contextSlot() {
    return contextSlot;
  }

  /** Sets the public face's slot. Before the thread runs. */
  public void contextSlot(Object slot) {
    contextSlot = slot;
  }

  /** The room above's slot. On its cpu. */
  public @Nullable Object sleepSlot() {
    return sleepSlot;
  }

  /** Sets the room above's slot. On its cpu. */
  public void sleepSlot(Object slot) {
    sleepSlot = slot;
  }

  @Override
  public String toString() {
    return name + "(" + priority + ")";
  }

  /** The message that makes a thread runnable. */
  private static final class Schedule extends Message {
    private final Tcb thread;

    Schedule(Tcb thread) {
      this.thread = thread;
    }

    @Override
    void deliver(CpuScheduler cpu) {
      cpu.makeRunnable(thread);
    }
  }

  /** The message that says that dispatch can run a thread (again). */
  private static final class Ready extends Message {
    private final Tcb thread;

    Ready(Tcb thread) {
      this.thread = thread;
    }

    @Override
    void deliver(CpuScheduler cpu) {
      cpu.makeDispatchable(thread);
    }
  }
}
