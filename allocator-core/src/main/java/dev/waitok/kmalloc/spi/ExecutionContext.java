package dev.waitok.kmalloc.spi;

import org.jspecify.annotations.Nullable;

/**
 * All that the allocator asks of the world around its caller: who calls, how to sleep and wake,
 * what time it is, and how to start a service thread.
 *
 * <p>The allocator reads no clock, parks nobody and starts no thread except through this interface,
 * so that a scheduler or a simulation can own all of it. The context for plain platform and virtual
 * threads is built in. A scheduler adds its own with {@link SchedulerPort#attach}; from then on the
 * scheduler is asked first, and the plain context answers for every thread that is not the
 * scheduler's.
 */
public interface ExecutionContext {

  /**
   * The calling thread's circumstances.
   *
   * <p>Called at the start of every allocator operation: it must cost a few nanoseconds and make no
   * garbage.
   *
   * @return the caller, or null if the calling thread is not one of this context's threads
   * @throws IllegalStateException if the calling thread belongs to another scheduler of the same
   *     kind, which may not use this allocator
   */
  @Nullable Caller caller();

  /**
   * Sends a task to a cpu of this context as an inter-processor message.
   *
   * <p>The task runs once on that cpu, in a hard section: it neither blocks nor waits. The call
   * returns without waiting for it. May be called from any thread and any section; never throws.
   *
   * @param cpu the cpu's index in this context, from 0
   * @param task what to run there
   * @return false if the cpu is gone or this context has none, so that the task will not run
   */
  boolean send(int cpu, Runnable task);

  /**
   * The time, as {@link System#nanoTime} counts it.
   *
   * @return nanoseconds from an arbitrary origin
   */
  long nanoTime();

  /**
   * Starts a service thread (pageout, input and output). The thread must be a daemon, must not be
   * one that a scheduler's cpu runs, and ends when its body returns.
   *
   * @param name the thread's name
   * @param body what it runs
   */
  void startService(String name, Runnable body);

  /**
   * Takes note of how an allocator's state is checked; a simulation does that after every step.
   *
   * @param always throws if an invariant that always holds does not
   * @param atRest throws if one does not that holds while no thread is inside a call but asleep
   */
  default void watch(Runnable always, Runnable atRest) {}

  /**
   * Whether none of this context's threads can run any more until one of them is woken: all wait,
   * for the allocator, for each other or for an interrupt, and no time limit of theirs will be over
   * but such as only have an allocator's sleeper look again. May wait for its cpus' answers, for a
   * part of a second at most; never called from one of its threads.
   *
   * @return false if a thread can run, or that is not known
   */
  default boolean isAtRest() {
    return false;
  }

  /** A cpu, as the thread that runs on it finds it: {@link Schedulers#ownCpu}. */
  interface OwnCpu {

    /**
     * What the allocator has left with this cpu.
     *
     * @return what {@link Caller#attach} was given last on this cpu, never null: before that there
     *     is no {@link Schedulers#ownCpu}
     */
    CpuAttachment attachment();

    /**
     * Whether the thread that runs on this cpu may block: {@link Caller#whyNotBlock}.
     *
     * @return false if it is in a hard section or the like
     */
    boolean mayBlock();

    /** A preemption point of the thread that runs on this cpu. */
    void preemptionPoint();
  }

  /**
   * The circumstances of one calling thread.
   *
   * <p>Except for {@link #newSleeper}'s result, a caller is only used by the thread it describes.
   * All answers are of the moment: they are asked anew at every attempt.
   */
  interface Caller {

    /**
     * The cpu that this thread belongs to, which selects its zones.
     *
     * @return the cpu's index in its context, from 0
     */
    int cpu();

    /**
     * What the allocator has left with this caller: it spares it a look-up at every call.
     *
     * @return what {@link #attach} was given, or null; a context may always give null
     */
    default @Nullable CpuAttachment attachment() {
      return null;
    }

    /**
     * Keeps something of the allocator's for as long as the thread belongs to its cpu.
     *
     * @param kept what {@link #attachment} and {@link OwnCpu#attachment} are to give
     */
    default void attach(CpuAttachment kept) {}

    /**
     * Whether the caller runs on top of somebody it interrupted: a preempting interrupt thread, a
     * FAST interrupt, and also a hard section, a spin lock's holder and an IPI function, which
     * interrupt their cpu just as much.
     *
     * @return true if the caller may only take FREE pages, and all of them
     */
    boolean preempting();

    /**
     * Why this caller may not block at all, if so: it is in a hard section, holds a spin lock, or
     * is an IPI function. A FAST interrupt may ask to block: its {@link #switchAway} then throws
     * what makes the scheduler run it again as a thread.
     *
     * @return null if the caller may block, else the reason in a few words ("a spin lock is held")
     */
    @Nullable String whyNotBlock();

    /**
     * Enters a critical section: until the matching leave, nothing else runs on this cpu. Nests.
     */
    void enterCritical();

    /** Leaves a critical section. The outermost leave is a preemption point. */
    void leaveCritical();

    /**
     * A preemption point. The allocator's shortest paths, which contain none, end with it instead
     * of being a critical section.
     */
    default void preemptionPoint() {
      enterCritical();
      leaveCritical();
    }

    /**
     * Gives the cpu back to the thread that this caller interrupted, and returns when the caller
     * runs again as an ordinary thread: {@link #preempting} is false then. Called only while
     * preempting, in no critical section of the allocator's own.
     *
     * @return true after a switch; false if the thread is pinned to its carrier and cannot switch:
     *     it has waited in place for a moment (a millisecond or so, reported as a stall), still
     *     preempts, and may only try again under the same rules
     * @throws RuntimeException the scheduler's own, if the caller is a FAST interrupt, which is run
     *     again as a thread: the allocator has changed nothing by then and passes it through
     */
    boolean switchAway();

    /**
     * A handle by which this thread sleeps and others wake it.
     *
     * @return a sleeper bound to this thread, with no wake pending
     */
    Sleeper newSleeper();
  }

  /** One thread's way to sleep once or more, and everybody's way to wake it. */
  interface Sleeper {

    /**
     * Sleeps until woken or until the time is over; returns at once, and consumes it, if a wake
     * came since the last sleep. Only the thread that made the sleeper calls this, in no critical
     * section of the allocator's own. An interrupt of the thread does not end the sleep and is not
     * lost. A scheduler's thread gives up its cpu, and its tokens, meanwhile.
     *
     * @param nanos how long at most, in nanoseconds; {@link Long#MAX_VALUE} for no limit
     */
    void sleep(long nanos);

    /**
     * {@link #sleep}, which an interrupt of the thread ends too. The interrupt status stays set.
     *
     * @param nanos how long at most, in nanoseconds; {@link Long#MAX_VALUE} for no limit
     * @return whether the thread is interrupted; unless overridden that is seen only when the sleep
     *     has ended otherwise
     */
    default boolean sleepInterruptibly(long nanos) {
      sleep(nanos);
      return Thread.currentThread().isInterrupted();
    }

    /**
     * Wakes the sleeper, now or at its next sleep. From any thread and any section; never blocks,
     * never throws. It may make a system call, so nobody calls it while holding a short lock.
     */
    void wake();
  }
}
