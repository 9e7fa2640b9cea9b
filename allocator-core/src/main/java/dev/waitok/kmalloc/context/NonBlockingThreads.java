package dev.waitok.kmalloc.context;

import dev.waitok.kmalloc.spi.ExecutionContext;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A context some of whose threads, event loops for example, may never block: the same as another
 * context for all others. Its cost, the predicate at each call, is paid by who asks for it only.
 */
public final class NonBlockingThreads implements ExecutionContext {
  private final ExecutionContext base;
  private final Predicate<? super Thread> nonBlocking;

  /**
   * Another context with threads that may not block.
   *
   * @param base the context of all others
   * @param nonBlocking which threads; asked at each call, by the thread itself
   */
  public NonBlockingThreads(ExecutionContext base, Predicate<? super Thread> nonBlocking) {
    this.base = base;
    this.nonBlocking = nonBlocking;
  }

  @Override
  public @Nullable Caller caller() {
    Caller caller = base.caller();
    boolean refuses =
        caller != null && caller.whyNotBlock() == null && nonBlocking.test(Thread.currentThread());
    return refuses ? NonBlocking.CALLER : caller;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return base.send(cpu, task);
  }

  @Override
  public long nanoTime() {
    return base.nanoTime();
  }

  @Override
  public void startService(String name, Runnable body) {
    base.startService(name, body);
  }

  @Override
  public void watch(Runnable always, Runnable atRest) {
    base.watch(always, atRest);
  }

  @Override
  public boolean isAtRest() {
    return base.isAtRest();
  }

  private static final class NonBlocking {
    private static final Caller CALLER =
        new PlainContext.PlainCaller("the thread was declared one that never blocks");
  }
}
