package dev.waitok.lwkt.sched;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * An interrupt that is raised with items, each handled once and in its raiser's order. An item is
 * offered before the raise that promises a run, so a run that begins after it finds it.
 *
 * @param <T> the items' type
 */
public final class ItemSource<T> extends InterruptSource {
  /** A chunk of the queue; more items than that allocate another. */
  private static final int CHUNK = 256;

  private final MpscUnboundedAtomicArrayQueue<T> items = new MpscUnboundedAtomicArrayQueue<>(CHUNK);

  /**
   * Raisers between their look at the closing flag and their raise. The thread ends only when there
   * are none, so that what a raiser is told about its item is true.
   */
  private final AtomicInteger raisers = new AtomicInteger();

  private final Consumer<? super T> handler;

  /** Makes an interrupt with items; see {@link InterruptSource}. */
  public ItemSource(
      CpuScheduler cpu,
      String name,
      int priority,
      Object face,
      Consumer<? super T> handler,
      Runnable ended) {
    super(cpu, name, priority, face, ended);
    this.handler = handler;
  }

  /**
   * Queues an item and raises. From any thread and any section; never blocks.
   *
   * @return false if the interrupt closes or is closed, so that the item will not be handled
   */
  public boolean raise(T item) {
    raisers.incrementAndGet();
    boolean accepted = !isClosing();
    if (accepted) {
      items.offer(item);
      raise();
    }
    if (raisers.decrementAndGet() == 0 && isClosing()) {
      wakeToClose();
    }
    return accepted;
  }

  @Override
  boolean mayClose() {
    return raisers.get() == 0;
  }

  @Override
  void handle() {
    T item;
    while ((item = items.relaxedPoll()) != null) {
      try {
        handler.accept(item);
      } catch (Throwable e) {
        cpu.machine.reports().uncaught(thread(), e); // the items behind it are handled all the same
      }
    }
  }
}
