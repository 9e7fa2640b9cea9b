package dev.waitok.benchmarks.threads;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Lwkt;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Some threads of one kind that do the same work side by side, again and again. */
public final class Crew implements AutoCloseable {
  private final @Nullable Lwkt lwkt;
  private final List<ExecutorService> lasting = new ArrayList<>();
  private final List<ExecutorService> fresh = new ArrayList<>();

  /**
   * Starts a crew.
   *
   * @param kind the threads' kind
   * @param threads how many
   * @param kmalloc what the scheduler of LWKT threads is bound to, if anything
   */
  public Crew(ThreadKind kind, int threads, @Nullable Kmalloc kmalloc) {
    lwkt = kind == ThreadKind.LWKT ? start(threads, kmalloc) : null;
    for (int i = 0; i < threads; i++) {
      ThreadFactory factory = factory(kind, lwkt, i);
      lasting.add(Executors.newSingleThreadExecutor(factory));
      fresh.add(Executors.newThreadPerTaskExecutor(factory));
    }
  }

  private static Lwkt start(int cpus, @Nullable Kmalloc kmalloc) {
    var builder = Lwkt.builder().cpus(cpus).dispatch(Dispatch.DIRECT);
    return kmalloc == null ? builder.start() : builder.kmalloc(kmalloc).start();
  }

  private static ThreadFactory factory(ThreadKind kind, @Nullable Lwkt lwkt, int thread) {
    String name = "worker-" + thread;
    if (lwkt != null) {
      return lwkt.cpu(thread).threadFactory();
    }
    return switch (kind) {
      case VIRTUAL -> Thread.ofVirtual().name(name).factory();
      case FAST_LOCAL -> new DefaultThreadFactory(name, true);
      default -> Thread.ofPlatform().daemon().name(name).factory();
    };
  }

  /**
   * Does some work on every thread and waits for its end.
   *
   * @param newThreads whether the threads start for it and end after it
   * @param body takes the thread's number
   */
  public void run(boolean newThreads, IntConsumer body) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < lasting.size(); i++) {
      int thread = i;
      running.add((newThreads ? fresh : lasting).get(i).submit(() -> body.accept(thread)));
    }
    for (Future<?> work : running) {
      try {
        work.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a worker failed", e.getCause());
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while workers run", e);
      }
    }
  }

  @Override
  public void close() {
    lasting.forEach(ExecutorService::close);
    fresh.forEach(ExecutorService::close);
    if (lwkt != null) {
      lwkt.close();
    }
  }
}
