package dev.waitok.lwkt.dispatch;

/** One way to hand control over, for all seats of one scheduler. */
public interface Dispatcher extends AutoCloseable {

  /**
   * Makes a seat.
   *
   * @param name names the Java threads that serve it
   * @param client whom it asks
   */
  Seat newSeat(String name, SeatClient client);

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
