package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners how short memory is, on a thread of its own that the first of them starts. Who
 * allocates or frees only wakes it. Listeners see the level of the moment: one that came and went
 * meanwhile is not told.
 */
public final class PressureBell {
  private static final Logger LOG = LoggerFactory.getLogger(PressureBell.class);

  private final PageQueues queues;
  private final Service service;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Awaited<?>> awaited = new CopyOnWriteArrayList<>();
  private boolean started;
  private boolean closed;

  /** A bell that nobody listens to yet. */
  public PressureBell(PageQueues queues, Callers callers) {
    this.queues = queues;
    this.service = new Service("kmalloc-pressure", callers, Long.MAX_VALUE / 2, this::serve);
  }

  private static final class Listener {
    private final IntConsumer told;
    private int last;

    Listener(IntConsumer told, int last) {
      this.told = told;
      this.last = last;
    }
  }

  private record Awaited<T>(int below, CompletableFuture<T> future, IntFunction<T> as) {
    void reach(int level) {
      if (level < below) {
        future.complete(as.apply(level));
      }
    }
  }

  private synchronized boolean start() {
    if (!started && !closed) {
      started = true;
      queues.onPressure(service::wake);
      service.start();
    }
    return !closed;
  }

  /**
   * Adds who is told of each change of level from now on.
   *
   * @return what ends that
   */
  public Runnable listen(IntConsumer told) {
    Listener listener = new Listener(told, queues.pressure());
    listeners.add(listener);
    boolean _ = start();
    service.wake();
    return () -> listeners.remove(listener);
  }

  /**
   * A future of the first level below one, as the caller calls it; completed on the bell's thread,
   * or already.
   */
  public <T> CompletableFuture<T> below(int level, IntFunction<T> as) {
    CompletableFuture<T> future = new CompletableFuture<>();
    int now = queues.pressure();
    Awaited<T> entry = new Awaited<>(level, future, as);
    entry.reach(now);
    if (future.isDone()) {
      return future;
    }
    awaited.add(entry);
    CompletableFuture<T> _ = future.whenComplete((reached, failure) -> awaited.remove(entry));
    if (start()) {
      service.wake();
    } else {
      failAll();
    }
    return future;
  }

  /** Ends the thread and cancels the futures. */
  public void close(Caller caller) {
    synchronized (this) {
      closed = true;
    }
    service.close(caller);
    failAll();
  }

  private void failAll() {
    awaited.forEach(entry -> entry.future().cancel(false));
  }

  private void serve(boolean asked) {
    int level = queues.announcePressure();
    for (Listener listener : listeners) {
      if (listener.last != level) {
        listener.last = level;
        tell(listener, level);
      }
    }
    awaited.forEach(entry -> entry.reach(level));
  }

  private static void tell(Listener listener, int level) {
    try {
      listener.told.accept(level);
    } catch (Throwable e) {
      LOG.error("a listener of memory pressure failed; it is told again", e);
    }
  }
}
