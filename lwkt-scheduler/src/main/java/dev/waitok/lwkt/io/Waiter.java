package dev.waitok.lwkt.io;

import dev.waitok.lwkt.sync.Permit;
import java.util.function.IntConsumer;

/** A thread that waits for a channel. It may be woken from anywhere, unlike other handlers. */
public final class Waiter implements IntConsumer {
  private final Permit permit = Permit.forCaller();
  private volatile int ready;

  /** Of the calling thread. */
  public Waiter() {}

  @Override
  public void accept(int operations) {
    ready = operations;
    permit.give();
  }

  /**
   * Waits until it is told.
   *
   * @param nanos how long at most; {@link Long#MAX_VALUE} for no limit
   */
  public Permit.Outcome await(long nanos) {
    return permit.await(nanos, true, "a channel");
  }

  /** What it was told. */
  public int ready() {
    return ready;
  }
}
