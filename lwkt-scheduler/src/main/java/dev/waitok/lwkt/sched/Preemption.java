package dev.waitok.lwkt.sched;

import org.jspecify.annotations.Nullable;

/** What happens at a preemption point of one cpu. */
final class Preemption {
  /*
   * 1 Problem. An interrupt's handler must run soon, on top of whatever runs, and may turn out to have
   *   to wait. On top of somebody it must not wait: it would keep the cpu from the very thread that
   *   could end the wait.
   *
   * 2 Vocabulary. A *raise* asks for one whole run of a handler. A *preemption point* is a place where
   *   the running thread lets raised interrupts in: leaving the outermost critical section, poll(),
   *   raising or scheduling on the own cpu. The *victim* lends its cpu to the *preemptor*. A victim
   *   may itself be a preemptor: they form a chain.
   *
   * 3 Life of a preemption. raise() queues the interrupt's thread with mayPreempt set (from another
   *   cpu: by a message, and sets `need`). The victim's next preemption point finds it, takes it out
   *   of the queue and hands over, itself in state PREEMPTED and in no queue. The preemptor runs its
   *   handler. When it ends, blocks or switches, for any reason, the switch returns to the victim,
   *   whatever else is runnable. If it was not finished it is by now an ordinary thread, READY or
   *   BLOCKED, with mayPreempt clear: it comes back by an ordinary switch and preempts nobody.
   *
   * 4 Conditions for x to preempt the current thread: x was raised and has not run since; x is of
   *   strictly higher priority; the current thread is in no critical section; x holds no token.
   *   Hard sections, spin locks, IPI functions and FAST interrupts are critical sections as well, and
   *   so is this class while it looks: nesting is at most one deep, and a chain is at most as long as
   *   there are priorities.
   *
   * 5 FAST interrupts run here, as the Java thread they interrupt. One that must wait throws; its raise
   *   is then passed to its thread, which starts the handler anew.
   *
   * 6 Invariants (checked by CpuScheduler.checkInvariants, with those of the queue):
   *   I1 the current thread is RUNNING and in no queue; nobody else is RUNNING
   *   I2 along the chain from the current thread every victim is PREEMPTED, is in no queue, and
   *      is of strictly lower priority than who preempts it
   *   I3 queued threads are READY, runnable, dispatchable, in the list of their priority, and the
   *      bitmaps tell the truth
   *   I4 mayPreempt is set only for threads that are READY
   *   I5 who is READY or BLOCKED preempts nobody
   *
   * 7 Costs. A point with nothing pending reads one word. A preemption is two hand-overs.
   */

  /**
   * After so many rounds the rest waits for the next point, lest a flood of messages stop a thread.
   */
  private static final int MAX_ROUNDS = 8;

  private final CpuScheduler cpu;
  private @Nullable FastSource fastHead;

  Preemption(CpuScheduler cpu) {
    this.cpu = cpu;
  }

  /** Lets everything in that is pending. By the current thread, in no critical section. */
  void look(Tcb self) {
    self.critical++;
    cpu.seat.point();
    int rounds = 0;
    boolean more;
    do {
      self.hard++;
      cpu.drain();
      self.hard--;
      FastSource fast;
      while ((fast = takeFast()) != null) {
        fast.runInline(self);
      }
      more = preemptWhilePossible(self);
    } while (more && cpu.needsLook() && ++rounds < MAX_ROUNDS);
    self.critical--;
  }

  /** Returns false if the current thread is pinned, so that looking on makes no sense. */
  private boolean preemptWhilePossible(Tcb self) {
    Tcb raised;
    while ((raised = cpu.queue.firstRaisedAbove(self.priority)) != null && raised.held == 0) {
      if (!preempt(self, raised)) {
        cpu.needLook(); // try again at the next point
        return false;
      }
    }
    return true;
  }

  private boolean preempt(Tcb victim, Tcb preemptor) {
    PreemptEvent event = PreemptEvent.begun();
    victim.hard++;
    cpu.queue.remove(preemptor);
    preemptor.preempted = victim;
    victim.state(Tcb.State.PREEMPTED);
    cpu.become(preemptor);
    boolean done = cpu.seat.transfer(victim.strand(), preemptor.strand());
    if (done) {
      cpu.countPreemption();
    } else {
      preemptor.preempted = null;
      preemptor.mayPreempt = true;
      preemptor.state(Tcb.State.READY);
      cpu.queue.addFirst(preemptor);
      cpu.become(victim);
    }
    victim.hard--;
    if (done && event != null) {
      event.commit(victim, preemptor);
    }
    return done;
  }

  /** Queues a FAST interrupt for the next point: by priority, first come first among equals. */
  void addFast(FastSource source) {
    FastSource previous = null;
    FastSource place = fastHead;
    while (place != null && place.priority() >= source.priority()) {
      previous = place;
      place = place.nextFast;
    }
    source.nextFast = place;
    if (previous == null) {
      fastHead = source;
    } else {
      previous.nextFast = source;
    }
    cpu.needLook();
  }

  boolean hasFast() {
    return fastHead != null;
  }

  private @Nullable FastSource takeFast() {
    FastSource source = fastHead;
    if (source != null) {
      fastHead = source.nextFast;
      source.nextFast = null;
      source.leftQueue();
    }
    return source;
  }

  /** The cpu goes idle: there is nobody to run FAST interrupts on, so their threads run them. */
  void fastToThreads() {
    FastSource source;
    while ((source = takeFast()) != null) {
      source.toThread();
    }
  }
}
