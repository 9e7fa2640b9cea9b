package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.ItemSource;
import java.util.Objects;

/**
 * An interrupt that is raised with an item. Each item is handled once, in the order in which its
 * raiser raised them; the queue is unbounded. One run handles all items that have come.
 *
 * @param <T> the items' type
 */
public final class ItemInterrupt<T> implements AutoCloseable {
  private final ItemSource<T> source;
  private final LwktThread thread;

  ItemInterrupt(ItemSource<T> source, LwktThread thread) {
    this.source = source;
    this.thread = thread;
  }

  /**
   * Queues an item and raises the interrupt. From any thread and any section; never blocks. What
   * happened before this call happens-before the handling of the item.
   *
   * @param item the item
   * @return false if the interrupt was closed, so that the item will not be handled
   */
  public boolean raise(T item) {
    return source.raise(Objects.requireNonNull(item));
  }

  /**
   * The thread that runs the handler.
   *
   * @return the interrupt thread
   */
  public LwktThread thread() {
    return thread;
  }

  /** Handles the items that have come, then takes no more and ends the thread. From any thread. */
  @Override
  public void close() {
    source.close();
  }

  @Override
  public String toString() {
    return thread.toString();
  }
}
