package dev.waitok.examples.replay;

import java.time.Duration;

/** Threads of one kind that replay a trace together. Closed when nobody of it runs any more. */
interface Crew extends Pace, AutoCloseable {

  /** Starts a thread; members with the same number share a cpu, where the kind has cpus. */
  Member start(String name, int number, Runnable body);

  /** How the threads are dispatched, or "none" where the JVM does it. */
  String dispatch();

  @Override
  void close();

  /** One thread of a crew. */
  interface Member {
    /** Waits for its end; false when it has not ended in time. */
    boolean join(Duration time) throws InterruptedException;
  }
}
