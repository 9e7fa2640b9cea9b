package dev.waitok.lwkt.dispatch;

/**
 * What a seat asks of the room above: who is next, and to take note of those that can run again.
 */
public interface SeatClient {

  /**
   * The idle strand's body: hands the seat to others, gets it back, awaits; returns to close it.
   */
  void idle();

  /** Whether something waits to be looked at, so that {@link Seat#await} need not sleep. */
  boolean pending();

  /**
   * Whether the holder, which blocks in Java code, may lose the seat. If not, the seat waits in
   * place for it and nothing else runs. Called on the seat.
   */
  boolean mayBlock(Strand strand);

  /**
   * The holder has blocked in Java code (a lock, a socket, a sleep) without handing the seat over.
   * Called on the seat, by no strand; must not block, log or load classes.
   *
   * @param strand the holder
   * @param ready whether it can run again already
   * @return the next holder
   */
  Strand blocked(Strand strand, boolean ready);

  /**
   * A strand that blocked in Java code, or left, or was started by its owner, can be handed the
   * seat again. Any thread; never blocks, never throws.
   */
  void ready(Strand strand);

  /** Has a function run on the seat, soon. Any thread; never blocks, never throws. */
  void send(Runnable function);

  /**
   * An announcing strand's Java thread was started. Any thread.
   *
   * @return false if the client takes no more threads, so that the start must fail
   */
  boolean started(Strand strand);

  /** The time asked for by {@link Seat#alarm} has come. Any thread; never blocks, never throws. */
  void alarm();

  /** Running the strand threw, which it never should. On the seat; never blocks, never throws. */
  void failed(Strand strand, Throwable failure);
}
