package dev.waitok.lwkt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one cpu ought to do, written for clarity: lists instead of bitmaps, and instead of stacks of
 * control a list of steps that each thread has still to take before it returns to its own code.
 * Every operation tells who must run next.
 */
final class ReferenceCpu {
  /** A thread of the model. */
  static final class Actor {
    final String name;
    final int priority;
    final boolean interrupt;
    boolean ready;
    boolean raised; // queued by a raise and not run since
    boolean active; // an interrupt in the middle of a run
    boolean pendingRaise;
    int critical;
    @Nullable Actor victim;
    final Deque<Runnable> steps = new ArrayDeque<>();

    Actor(String name, int priority, boolean interrupt) {
      this.name = name;
      this.priority = priority;
      this.interrupt = interrupt;
    }

    @Override
    public String toString() {
      return name + "(" + priority + ")";
    }
  }

  private final List<Actor> queue = new ArrayList<>(); // in the order in which they were queued
  private Actor current;
  private int fastRaised;
  private int fastRuns;

  ReferenceCpu(Actor first) {
    current = first;
  }

  Actor current() {
    return current;
  }

  boolean othersReady() {
    return !queue.isEmpty();
  }

  /** The victims below the current thread, nearest first. */
  List<Actor> chain() {
    List<Actor> chain = new ArrayList<>();
    for (Actor v = current.victim; v != null; v = v.victim) {
      chain.add(v);
    }
    return chain;
  }

  // Operations of the current thread.

  void schedule(Actor thread) {
    if (!thread.ready && thread != current && !isPreempted(thread)) {
      enqueue(thread);
    }
    then(this::look);
  }

  void raise(Actor interrupt) {
    interrupt.pendingRaise = true;
    if (!interrupt.active) {
      interrupt.active = true;
      interrupt.raised = true;
      enqueue(interrupt);
    }
    then(this::look);
  }

  /** Raises one of several FAST interrupts; a bit each, as raises coalesce. */
  void raiseFast(int which) {
    fastRaised |= 1 << which;
    then(this::look);
  }

  /** How many runs of FAST interrupts there must have been. */
  int fastRuns() {
    return fastRuns;
  }

  void poll() {
    if (current.critical == 0) {
      giveWay(current.priority + 1, true);
    }
  }

  void yield() {
    if (current.critical == 0) {
      giveWay(current.priority, false);
    }
  }

  void enterCritical() {
    current.critical++;
  }

  void leaveCritical() {
    current.critical--;
    then(this::look);
  }

  void switchAway() {
    Actor self = current;
    Actor victim = self.victim;
    Actor next = victim == null ? best(0) : null;
    self.steps.addLast(this::look);
    if (victim != null) {
      self.victim = null;
      enqueue(self);
      resume(victim);
    } else if (next != null) {
      take(next);
      enqueue(self);
      resume(next);
    } else {
      resume(self);
    }
  }

  /** The current thread stays off the cpu until it is scheduled. */
  void block() {
    leaveFor(current);
  }

  /** The current run of an interrupt has ended. Returns whether another begins at once. */
  boolean endRun() {
    if (current.pendingRaise) {
      current.pendingRaise = false;
      return true;
    }
    current.active = false;
    leaveFor(current);
    return false;
  }

  /** A run of the current interrupt begins. */
  void beginRun() {
    current.pendingRaise = false;
  }

  // How it works.

  private void leaveFor(Actor self) {
    Actor victim = self.victim;
    self.victim = null;
    self.steps.clear();
    self.steps.addLast(this::look);
    if (victim != null) {
      resume(victim);
    } else {
      Actor next = best(0);
      if (next == null) {
        throw new IllegalStateException("the model's cpu is idle");
      }
      take(next);
      resume(next);
    }
  }

  private void giveWay(int floor, boolean toHigher) {
    Actor self = current;
    self.steps.addLast(this::look);
    self.steps.addLast(() -> giveWayNow(self, floor, toHigher));
    resume(self);
  }

  private void giveWayNow(Actor self, int floor, boolean toHigher) {
    Actor next = best(floor);
    if (next == null) {
      return;
    }
    self.steps.addLast(this::look);
    Actor victim = self.victim;
    if (victim != null) {
      self.victim = null;
      enqueue(self);
      resume(victim);
      return;
    }
    take(next);
    self.ready = true;
    if (toHigher) {
      queue.addFirst(self); // before its equals
    } else {
      queue.addLast(self);
    }
    resume(next);
  }

  private void then(Runnable step) {
    current.steps.addLast(step);
    resume(current);
  }

  /** Lets a thread run on: it takes its steps until one hands the cpu over, or none is left. */
  private void resume(Actor thread) {
    current = thread;
    while (current == thread && !thread.steps.isEmpty()) {
      thread.steps.removeFirst().run();
    }
  }

  private void look() {
    Actor self = current;
    if (self.critical > 0) {
      return;
    }
    fastRuns += Integer.bitCount(fastRaised);
    fastRaised = 0;
    Actor raised = null;
    for (Actor candidate : queue) {
      if (candidate.raised
          && candidate.priority > self.priority
          && (raised == null || candidate.priority > raised.priority)) {
        raised = candidate;
      }
    }
    if (raised != null) {
      take(raised);
      raised.victim = self;
      self.steps.addFirst(this::look); // there may be more when it comes back
      resume(raised);
    }
  }

  private boolean isPreempted(Actor thread) {
    return chain().contains(thread);
  }

  private void enqueue(Actor thread) {
    thread.ready = true;
    queue.addLast(thread);
    if (thread.steps.isEmpty()) {
      thread.steps.addLast(this::look); // every thread looks when it gets the cpu
    }
  }

  private void take(Actor thread) {
    queue.remove(thread);
    thread.ready = false;
    thread.raised = false;
  }

  private @Nullable Actor best(int floor) {
    Actor best = null;
    for (Actor candidate : queue) {
      if (candidate.priority >= floor && (best == null || candidate.priority > best.priority)) {
        best = candidate;
      }
    }
    return best;
  }
}
