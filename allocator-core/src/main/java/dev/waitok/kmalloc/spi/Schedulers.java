package dev.waitok.kmalloc.spi;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The schedulers that run in this process, so that an allocator without one tells a scheduler's
 * thread from a plain one: it refuses the former, whose waits would hold up a cpu.
 */
public final class Schedulers {
  private static final List<ExecutionContext> RUNNING = new CopyOnWriteArrayList<>();

  /** One of those that run, or null: one is enough to ask, since it knows its kind's threads. */
  private static volatile @Nullable ExecutionContext any;

  private Schedulers() {}

  /**
   * Says that a scheduler's threads may call allocators from now on.
   *
   * @param scheduler its context
   */
  public static synchronized void started(ExecutionContext scheduler) {
    RUNNING.add(scheduler);
    any = scheduler;
  }

  /**
   * Says that a scheduler's last thread has ended.
   *
   * @param scheduler its context
   */
  public static synchronized void stopped(ExecutionContext scheduler) {
    RUNNING.remove(scheduler);
    any = RUNNING.isEmpty() ? null : RUNNING.getFirst();
  }

  /**
   * A scheduler that runs in this process.
   *
   * @return its context, or null if there is none
   */
  public static @Nullable ExecutionContext any() {
    return any;
  }
}
