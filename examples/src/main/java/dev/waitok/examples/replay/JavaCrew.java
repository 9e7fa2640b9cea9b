package dev.waitok.examples.replay;

import java.util.concurrent.locks.LockSupport;

/** A crew of plain Java threads, platform or virtual. */
final class JavaCrew implements Crew {
  /** Longer than most waits for another thread, shorter than a slice of the system's scheduler. */
  private static final long PAUSE_NANOS = 20_000;

  private final Thread.Builder builder;

  JavaCrew(Thread.Builder builder) {
    this.builder = builder;
  }

  @Override
  public Member start(String name, int number, Runnable body) {
    return builder.name(name).start(body)::join;
  }

  @Override
  public boolean mayContinue(int thread) {
    return true;
  }

  @Override
  public void pause(int tries) {
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  @Override
  public String dispatch() {
    return "none";
  }

  @Override
  public void close() {
    // Its threads have ended and there is nothing else.
  }
}
