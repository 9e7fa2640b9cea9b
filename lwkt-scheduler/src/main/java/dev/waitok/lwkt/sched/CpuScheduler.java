package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.Seat;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One cpu's scheduler. A method says who may call it: "on the cpu" means the cpu's current thread;
 * everything else is for any thread.
 */
public final class CpuScheduler {
  /*
   * 1 Problem. One thread at a time runs on a cpu; who is next follows from priorities and interrupts;
   *   other cpus and foreign threads want to wake, raise and send without a lock.
   *
   * 2 Ownership. All plain fields here, in RunQueue, Timers, Preemption and in the Tcbs of this cpu's
   *   threads belong to whoever holds the cpu's seat. Others may do three things: offer to `inbox`, set
   *   its `need`, wake the seat. So a critical section alone protects everything and there are no locks.
   *
   * 3 Memory order. A hand-over orders what one holder did before what the next does (dispatch
   *   promises it). A message is published by the queue's release and taken by its acquire.
   *
   * 4 Waking: see Inbox.
   *
   * 5 Life of a switch. The current thread drains the inbox, drops its tokens, picks the next, queues
   *   itself if it is runnable, makes the next one current and hands the seat over. Whoever hands the
   *   seat back has made it current again. The scheduler's own code runs in hard sections, so that a
   *   thread that blocks inside it by accident (class loading) is waited for, never switched.
   *
   * 6 Invariants: I1 to I5 are listed in Preemption and checked in Invariant.
   */
  /** So many messages are delivered at one look; more wait for the next, which comes at once. */
  private static final int DRAIN_LIMIT = 1024;

  final Machine machine;
  private final int index;
  final Seat seat;
  final RunQueue queue = new RunQueue();
  final Timers timers = new Timers();
  final Preemption preemption = new Preemption(this);
  final Switcher switcher = new Switcher(this);
  Tcb idle;
  private Tcb current;

  final Inbox inbox;

  /** Not 0: somebody of higher priority than the current thread is queued. On the cpu. */
  private int overdue;

  /** How many of its threads are blocked in Java code, or away. On the cpu. */
  private int elsewhere;

  private volatile boolean alarmed;

  private final Counters counters = new Counters();

  /** Where it is told who has the cpu, while somebody wants to know. */
  private @Nullable RunLog runLog;

  /** A place for the room above: this cpu's sleep queue. */
  private volatile @Nullable Object sleepQueue;

  CpuScheduler(Machine machine, int index, String name) {
    this.machine = machine;
    this.index = index;
    this.seat = machine.dispatcher().newSeat(name, new SeatListener(this));
    this.inbox = new Inbox(seat.alwaysLooks());
    this.idle = new Tcb(name, 0, this, this);
    this.current = idle;
  }

  /**
   * Starts the cpu.
   *
   * @param idleFace the public face of its idle thread
   * @param bind is told that thread before it runs
   */
  public void open(Object idleFace, Consumer<Tcb> bind) {
    Tcb thread = new Tcb(idle.name(), 0, this, idleFace);
    thread.critical = 1;
    thread.hard = 1;
    thread.state(Tcb.State.RUNNING);
    thread.bind(seat.newIdle(thread));
    idle = thread;
    current = thread;
    bind.accept(thread);
    seat.open();
  }

  /**
   * Makes a thread of this cpu. Its Java thread must be started by the caller; then it is queued.
   *
   * @param face what {@link Tcb#face} returns
   * @param ended runs on the thread after its body, as the last thing but leaving the cpu
   * @param announce false for a thread that waits, from its start, until it is scheduled
   */
  public Tcb newThread(
      String name, int priority, Object face, Runnable body, Runnable ended, boolean announce) {
    Tcb thread = new Tcb(name, priority, this, face);
    thread.state(announce ? Tcb.State.NEW : Tcb.State.BLOCKED);
    thread.runnable = announce;
    thread.dispatchable = !announce;
    thread.bind(seat.newStrand(name, thread, new ThreadBody(thread, body, ended), announce));
    return thread;
  }

  /** The thread that runs, for snapshots by people and tests; null if the cpu is idle. */
  public @Nullable Tcb running() {
    Tcb thread = current;
    return thread == idle ? null : thread;
  }

  /** What others have sent to it. */
  public Inbox inbox() {
    return inbox;
  }

  /** Which cpu this is. */
  public int index() {
    return index;
  }

  /** The scheduler it belongs to. */
  public Machine machine() {
    return machine;
  }

  /** What it has counted so far. */
  public Counters counters() {
    return counters;
  }

  /** The room above's slot. */
  public @Nullable Object sleepQueue() {
    return sleepQueue;
  }

  /** Sets the room above's slot. */
  public void sleepQueue(Object slot) {
    sleepQueue = slot;
  }

  /** The clock. */
  public long nanoTime() {
    return machine.dispatcher().nanoTime();
  }

  /** Makes a thread runnable; on its own cpu this is a preemption point. Never blocks. */
  public static void schedule(Tcb thread) {
    Tcb self = Tcb.current();
    CpuScheduler cpu = thread.cpu;
    if (self != null && self.cpu == cpu) {
      self.enterHard();
      cpu.makeRunnable(thread);
      self.leaveHard();
    } else {
      cpu.post(thread.scheduleMessage);
    }
  }

  /** Takes a thread off its run queue, or lets it run only until its next switch. Never blocks. */
  public static void deschedule(Tcb thread) {
    Tcb self = Tcb.current();
    CpuScheduler cpu = thread.cpu;
    if (self != null && self.cpu == cpu) {
      cpu.makeNotRunnable(thread);
    } else {
      cpu.send(() -> cpu.makeNotRunnable(thread));
    }
  }

  /**
   * Runs a function on this cpu, once, in a hard section; at the cpu's next preemption point, at
   * once if it is idle. Never blocks, never throws.
   *
   * @return false if the cpu is closed, so that it will not run
   */
  public boolean send(Runnable function) {
    return post(new Ipi(function));
  }

  boolean post(Message message) {
    if (!inbox.offer(message)) {
      return false;
    }
    nudge();
    return inbox.willDeliver(message);
  }

  /** Makes the cpu look at its inbox soon. */
  public void nudge() {
    if (inbox.notice()) {
      seat.wake();
    }
  }

  /**
   * Gives the cpu up: to the thread it preempts, else to the best other thread that can run.
   * Returns when the caller runs again, or at once if nobody else can run.
   *
   * @return false if the caller is pinned and kept the cpu
   */
  public boolean switchAway(Tcb self) {
    refuseToBlock(self);
    self.enterHard();
    try {
      drainToSwitch();
      boolean switched = switcher.switchOut(self, 0, false);
      if (!switched) {
        keepTokens(self);
      }
      return switched;
    } finally {
      self.leaveHard();
    }
  }

  /** After a failed {@link #switchAway}: waits in place for a moment, so that others can act. */
  public void pauseInPlace(Tcb self, long nanos) {
    self.enterHard();
    try {
      switcher.pauseInPlace(self, nanos);
    } finally {
      self.leaveHard();
    }
  }

  /** Lets interrupts in, then gives way to a ready thread of at least the caller's priority. */
  public void giveWay(Tcb self) {
    giveWayFrom(self, self.priority, false);
  }

  /** Whether {@link #poll} has anything to do: one volatile read, one plain, one branch. */
  public boolean needsPoll() {
    return (inbox.need() | overdue) != 0;
  }

  /**
   * Lets interrupts in, then gives way to a ready thread of higher priority unless tokens are held.
   */
  public void poll(Tcb self) {
    giveWayFrom(self, self.priority + 1, true);
  }

  private void giveWayFrom(Tcb self, int floor, boolean toHigher) {
    if (self.critical > 0) {
      return;
    }
    if (needsLook()) {
      preemption.look(self);
    }
    if (queue.top() >= floor && (!toHigher || self.held == 0)) {
      self.enterHard();
      if (!switcher.switchOut(self, floor, toHigher)) {
        keepTokens(self);
      }
      self.leaveHard();
    }
  }

  /**
   * Gives the cpu up until the caller is runnable; returns at once if it is. The caller, in a hard
   * section, has said with {@link #wantsNoCpu} that it is not, and has made sure that somebody will
   * say that it is.
   */
  public void block(Tcb self) {
    assert self.hard > 0 : "block outside a hard section";
    drainToSwitch();
    while (!self.runnable) {
      if (!switcher.switchOut(self, 0, false)) {
        switcher.waitInPlace(self);
      }
    }
    self.mayPreempt = false;
  }

  /** Gives the cpu up until the caller can have all that it holds. In a hard section. */
  public void awaitTokens(Tcb self) {
    drainToSwitch();
    if (!switcher.switchOut(self, 0, false)) {
      switcher.waitInPlace(self);
    }
  }

  /** Says that the caller does not want the cpu after its next switch. */
  public void wantsNoCpu(Tcb self) {
    self.runnable = false;
  }

  /** Takes {@link #wantsNoCpu} back. */
  public void wantsCpu(Tcb self) {
    self.runnable = true;
  }

  /** A preemptor returns the cpu before it does what might wait; nothing happens to others. */
  public void giveBack(Tcb self) {
    refuseToBlock(self);
    if (self.preempted != null) {
      switchAway(self);
    }
  }

  /**
   * Gives the cpu up around a call, which runs as a plain virtual thread beside it.
   *
   * @return what the call returns
   * @throws Exception what the call throws
   */
  public <T extends @Nullable Object> T away(Tcb self, Callable<T> call) throws Exception {
    refuseToBlock(self);
    self.enterHard();
    drainToSwitch();
    if (!switcher.leave(self)) {
      machine.reports().pinned(self);
      keepTokens(self);
      self.leaveHard();
      return call.call();
    }
    try {
      return call.call();
    } finally {
      seat.rejoin(self.strand());
      self.leaveHard();
    }
  }

  /**
   * Throws if the caller may not block: differently for a FAST interrupt and for a hard section.
   */
  public void refuseToBlock(Tcb self) {
    String why = self.whyNotBlock();
    if (why != null) {
      throw machine.refusals().cannotBlock(self.name(), why);
    }
    if (self.fast > 0) {
      counters.mustBlocks++;
      throw machine.refusals().mustBlock();
    }
  }

  /** Arms a timer. On the cpu, in a hard section. */
  public void arm(Timer timer, long deadline) {
    timers.add(timer, deadline);
    if (timers.earliest() == deadline) {
      seat.alarm(deadline);
    }
  }

  /** Disarms a timer if it is armed. On the cpu, in a hard section. */
  public void disarm(Timer timer) {
    if (timer.isArmed()) {
      timers.remove(timer);
    }
  }

  /** Makes a thread of this cpu runnable. On the cpu, in a hard section. */
  public void makeRunnable(Tcb thread) {
    thread.runnable = true;
    enqueueIfAble(thread);
  }

  /** Has the interrupt of a sleeping thread end its sleep. Any thread. */
  public static void interrupt(Tcb thread) {
    thread.javaThread().interrupt();
    CpuScheduler cpu = thread.cpu;
    cpu.send(
        () -> {
          if (thread.interruptible) {
            cpu.makeRunnable(thread);
          }
        });
  }

  /** Whether the thread that runs is in no section that forbids blocking. On the cpu. */
  public boolean currentMayBlock() {
    return current.hard == 0;
  }

  /** Lets pending interrupts preempt, unless this is a critical section. On the cpu. */
  public void preemptionPoint() {
    if (needsLook()) {
      current.preemptionPoint();
    }
  }

  boolean needsLook() {
    return inbox.needsLook();
  }

  /** The next preemption point has something to do. On the cpu. */
  void needLook() {
    inbox.needLook();
  }

  /** The clock says that a timer may be due. Any thread. */
  void alarm() {
    alarmed = true;
    nudge();
  }

  void look(Tcb self) {
    preemption.look(self);
  }

  Tcb current() {
    return current;
  }

  /** Makes a thread the current one; it is in no queue. */
  void become(Tcb thread) {
    thread.state(Tcb.State.RUNNING);
    thread.mayPreempt = false;
    current = thread;
    overdue = queue.top() > thread.priority ? 1 : 0;
    counters.switches++;
    seat.occupy(thread);
    if (RunLogging.isOn()) {
      log(thread, kindOf(thread));
    }
  }

  /** Tells the log, if there is one. */
  void log(Tcb thread, RunLog.Kind kind) {
    RunLog log = runLog;
    if (log != null) {
      log.add(thread, kind, nanoTime());
    }
  }

  @SuppressWarnings("ReferenceEquality") // identity is what counts
  private RunLog.Kind kindOf(Tcb thread) {
    return thread.preempted != null
        ? RunLog.Kind.PREEMPTS
        : thread == idle ? RunLog.Kind.IDLE : RunLog.Kind.RUNS;
  }

  /** Tells a log, or none any more, who has the cpu from now on. On the cpu, or before it opens. */
  public void tell(@Nullable RunLog log) {
    runLog = log;
  }

  void makeDispatchable(Tcb thread) {
    if (thread.is(Tcb.State.NEW)) {
      machine.expectWork(-1);
    } else if (!thread.dispatchable) {
      elsewhere--;
    }
    thread.dispatchable = true;
    enqueueIfAble(thread);
  }

  /** The current thread is blocked in Java code or away; or (-1) was not after all. On the cpu. */
  void elsewhere(int change) {
    elsewhere += change;
  }

  /** Whether nothing will run here until somebody else acts. On the cpu, in a message. */
  @SuppressWarnings("ReferenceEquality") // identity is what counts
  boolean isIdleForGood() {
    return current == idle
        && elsewhere == 0
        && !preemption.hasFast()
        && queue.isEmpty()
        && timers.onlyRechecks();
  }

  void raise(Tcb thread) {
    if (thread.is(Tcb.State.BLOCKED)) {
      thread.mayPreempt = true;
      needLook();
    }
    makeRunnable(thread);
  }

  private void enqueueIfAble(Tcb thread) {
    boolean off = thread.is(Tcb.State.BLOCKED) || thread.is(Tcb.State.NEW);
    if (off && thread.runnable && thread.dispatchable) {
      thread.state(Tcb.State.READY);
      queue.addLast(thread);
      if (thread.priority > current.priority) {
        overdue = 1;
      }
    }
  }

  private void makeNotRunnable(Tcb thread) {
    thread.runnable = false;
    if (thread.is(Tcb.State.READY) && thread != idle) {
      queue.remove(thread);
      thread.mayPreempt = false;
      thread.state(Tcb.State.BLOCKED);
    }
  }

  /** Delivers what others sent, for a thread that is about to switch. In a hard section. */
  void drainToSwitch() {
    if (needsLook()) {
      drain();
      keepLooking();
    }
  }

  /** If interrupts are left after a drain, whoever runs next has to let them in. */
  void keepLooking() {
    if (preemption.hasFast() || queue.hasRaised()) {
      needLook();
    }
  }

  /** Delivers what others sent. In a hard section. */
  void drain() {
    if (!needsLook()) {
      return;
    }
    inbox.beginLook();
    int count = 0;
    Message message;
    while (count < DRAIN_LIMIT && (message = inbox.next()) != null) {
      message.deliver(this);
      count++;
    }
    if (count == DRAIN_LIMIT) {
      needLook();
    }
    if (alarmed) {
      alarmed = false;
      fireTimers();
    }
  }

  void fireTimers() {
    if (timers.isEmpty()) {
      return;
    }
    long now = nanoTime();
    Timer due;
    while ((due = timers.pollDue(now)) != null) {
      due.fire();
    }
    if (!timers.isEmpty()) {
      seat.alarm(timers.earliest());
    }
  }

  /** Sleeps on the cpu until somebody posts, a timer is due, or that time is over. */
  void sleep(long nanos) {
    long atMost = nanos;
    if (!timers.isEmpty()) {
      atMost = Math.min(atMost, Math.max(0, timers.earliest() - nanoTime()));
    }
    if (atMost > 0) {
      inbox.asleep(true);
      seat.await(atMost);
      inbox.asleep(false);
    }
    fireTimers();
  }

  private void keepTokens(Tcb self) {
    if (self.held > 0) {
      switcher.waitInPlace(self);
    }
  }

  void countPreemption() {
    counters.preemptions++;
  }

  /** Throws if one of I1 to I5 does not hold. On the cpu, in a critical section. */
  public void checkInvariants() {
    Invariant.check(this);
  }
}
