package dev.waitok.lwkt;

import java.util.Objects;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * An interrupt that is raised with an item. Each item is handled once, in the order in which its
 * raiser raised them; the queue is unbounded. One run handles all items that have come.
 *
 * @param <T> the items' type
 */
public final class ItemInterrupt<T> implements AutoCloseable {
  /** A chunk of the queue; more items than that allocate another. */
  private static final int CHUNK = 256;

  private final MpscUnboundedAtomicArrayQueue<T> items = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
  private final Consumer<? super T> handler;
  private final Consumer<Throwable> uncaught;
  private @Nullable Interrupt interrupt;

  ItemInterrupt(Consumer<? super T> handler, Consumer<Throwable> uncaught) {
    this.handler = handler;
    this.uncaught = uncaught;
  }

  void bind(Interrupt itsInterrupt) {
    interrupt = itsInterrupt;
  }

  /** One run. */
  void drain() {
    T item;
    while ((item = items.relaxedPoll()) != null) {
      try {
        handler.accept(item);
      } catch (Throwable e) {
        uncaught.accept(e); // the items behind it are handled all the same
      }
    }
  }

  private Interrupt interrupt() {
    return Objects.requireNonNull(interrupt);
  }

  /**
   * Queues an item and raises the interrupt. From any thread and any section; never blocks. What
   * happened before this call happens-before the handling of the item.
   *
   * @param item the item
   * @return false if the interrupt is closed, so that the item will not be handled
   */
  public boolean raise(T item) {
    items.offer(Objects.requireNonNull(item));
    return interrupt().raise();
  }

  /**
   * The thread that runs the handler.
   *
   * @return the interrupt thread
   */
  public LwktThread thread() {
    return interrupt().thread();
  }

  /** Handles the items that have come, then takes no more and ends the thread. From any thread. */
  @Override
  public void close() {
    interrupt().close();
  }

  @Override
  public String toString() {
    return interrupt().toString();
  }
}
