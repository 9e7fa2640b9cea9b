package dev.waitok.lwkt.dispatch;

import org.jspecify.annotations.Nullable;

/** One way to hand control over, for all seats of one scheduler. */
public interface Dispatcher extends AutoCloseable {

  /**
   * Makes a seat.
   *
   * @param name names the Java threads that serve it
   * @param client whom it asks
   */
  Seat newSeat(String name, SeatClient client);

  /** This dispatch as the simulated one; null if it is another. */
  default @Nullable SimulatedDispatcher simulated() {
    return null;
  }

  /**
   * Starts a plain daemon thread that serves the scheduler or an allocator.
   *
   * @param name its name
   * @param body what it runs
   */
  default void startService(String name, Runnable body) {
    Thread thread = new Thread(null, body, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /** The clock of this dispatch, as {@link System#nanoTime} counts. */
  long nanoTime();

  /** Whether a strand always runs on its seat's own carrier thread. */
  boolean affinity();

  /**
   * Waits until every seat's idle strand has returned.
   *
   * @param nanos how long at most
   * @return false if the time was over first
   */
  boolean awaitClosed(long nanos) throws InterruptedException;

  /** Stops what serves all seats. Called when they are closed; never blocks. */
  @Override
  void close();
}
