package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.InterruptSource;

/**
 * An interrupt: raised from anywhere, its handler runs on its cpu, on top of what runs there if
 * that is of lower priority and in no critical section. Made by {@link Cpu#interrupt} and {@link
 * Cpu#fastInterrupt}.
 */
public final class Interrupt implements AutoCloseable {
  private final InterruptSource source;
  private final LwktThread thread;

  Interrupt(InterruptSource source, LwktThread thread) {
    this.source = source;
    this.thread = thread;
  }

  /**
   * Asks for a run of the handler. Raises that come before the run has begun coalesce; after every
   * raise a whole run begins, and it sees what happened before the raise. From any thread and any
   * section; never blocks. On the interrupt's own cpu this is a preemption point.
   *
   * @return false if the interrupt is closed, so that the handler will not run
   */
  public boolean raise() {
    return source.raise();
  }

  /**
   * The thread that runs the handler; for a FAST interrupt, the one that runs it when it must
   * block.
   *
   * @return the interrupt thread
   */
  public LwktThread thread() {
    return thread;
  }

  /**
   * Serves what was raised, then takes no more raises and ends the thread. Does not wait for that;
   * {@link #thread} can be joined. From any thread.
   */
  @Override
  public void close() {
    source.close();
  }

  @Override
  public String toString() {
    return thread.toString();
  }
}
