package dev.waitok.lwkt.dispatch;

/**
 * One logical cpu as dispatch sees it: a place that exactly one strand holds at a time. The holder
 * hands it on; nobody takes it away. What a holder did happens-before what the next one does.
 *
 * <p>Unless said otherwise a method is called by the strand that holds the seat.
 */
public interface Seat {

  /**
   * Makes a strand of this seat. It exists once its Java thread is started and runs once the seat
   * is handed to it. Any thread may call this.
   *
   * @param name the Java thread's name
   * @param owner what {@link Strand#owner} returns and {@link Occupant#current} finds
   * @param body what it runs; its last act is {@link #exit}
   * @param announce whether the start of the Java thread asks the client to admit and queue it; if
   *     not, the client hands the seat over on its own account
   */
  Strand newStrand(String name, Object owner, Runnable body, boolean announce);

  /**
   * Makes the idle strand, which will hold the seat first and run {@link SeatClient#idle}. Called
   * once, by any thread.
   *
   * @param owner the owner of the idle strand
   */
  Strand newIdle(Object owner);

  /** Opens the seat: the idle strand begins. Called once, by any thread. */
  void open();

  /**
   * Hands the seat over and returns when it is handed back.
   *
   * @param from the caller
   * @param to the next holder
   * @return false if the caller is pinned, so that nothing happened at all
   */
  boolean transfer(Strand from, Strand to);

  /**
   * Hands the seat over for the last time; the caller's body must return at once.
   *
   * @param from the caller
   * @param to the next holder
   */
  void exit(Strand from, Strand to);

  /**
   * Hands the seat over and lets the caller run on, as a plain virtual thread, beside it.
   *
   * @param from the caller
   * @param to the next holder
   * @return false if the caller is pinned, so that nothing happened at all
   */
  boolean leave(Strand from, Strand to);

  /**
   * Asks the client to queue a strand that left, and returns when it holds the seat again. Called
   * by the strand that left.
   *
   * @param strand the caller
   */
  void rejoin(Strand strand);

  /**
   * The caller looks whether something is pending: a simulation lets others go first. The inbox of
   * a simulated seat always asks for a look, so every preemption point comes here.
   */
  default void point() {}

  /** Whether every preemption point has to look, pending or not. */
  default boolean alwaysLooks() {
    return false;
  }

  /** Tells the seat whose owner {@link Occupant#current} finds from now on. */
  void occupy(Object owner);

  /**
   * Sleeps while holding the seat: the idle strand, or a strand that found itself pinned. Returns
   * after {@link #wake}, when the client has something pending, when the time is over, or for no
   * reason.
   *
   * @param nanos how long at most, {@link Long#MAX_VALUE} for no limit
   */
  void await(long nanos);

  /** The caller, a pinned strand, awaits no longer and goes on with its own code. */
  void awaited();

  /** Ends an {@link #await}, now or the next one. Any thread; never blocks, never throws. */
  void wake();

  /**
   * Asks for {@link SeatClient#alarm} at that time; replaces an earlier request.
   *
   * @param deadline as {@link Dispatcher#nanoTime} counts
   */
  void alarm(long deadline);
}
