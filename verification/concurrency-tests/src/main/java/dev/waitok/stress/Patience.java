package dev.waitok.stress;

/**
 * Tells a sleep that was ended from one that was not, without asking how fast anybody is: the one
 * who should end it says when he is done, and only a sleep that begins after that has to be short.
 */
public final class Patience {
  /** Set by the agent in a JVM in which something is broken. */
  static final String BROKEN = "stress.broken";

  /**
   * How long a sleep that was ended before it began may last: no thread is off its processor for so
   * long. A twin, which is to be caught, is given less.
   */
  public static final long NANOS = Boolean.getBoolean(BROKEN) ? 5_000_000L : 20_000_000_000L;

  private volatile boolean done;

  /** The other one has done what should end the sleep. */
  public void done() {
    done = true;
  }

  /** Whether it has. */
  public boolean isDone() {
    return done;
  }

  /** Sleeps, again and again, until a sleep was ended; false if one was not that had to be. */
  public boolean outlasts(Runnable sleep) {
    while (true) {
      boolean doneBefore = done;
      long from = System.nanoTime();
      sleep.run();
      if (System.nanoTime() - from < NANOS) {
        return true;
      }
      if (doneBefore) {
        return false;
      }
    }
  }
}
