package dev.waitok.kmalloc.context;

import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.Schedulers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who calls: the bound scheduler is asked first, and the plain context answers for all others. */
public final class Callers {
  private final ExecutionContext plain;

  /**
   * Plain on purpose: it is written before the scheduler's first thread starts, and a thread that
   * reads an older value is none of the scheduler's.
   */
  private @Nullable ExecutionContext scheduler;

  /**
   * No scheduler yet.
   *
   * @param plain the context of threads that are no scheduler's; also the clock and the services
   */
  public Callers(ExecutionContext plain) {
    this.plain = plain;
  }

  /**
   * The calling thread's circumstances if it is the bound scheduler's, else null.
   *
   * @throws IllegalStateException if it is a thread of a scheduler that is not bound here
   */
  public @Nullable Caller scheduled() {
    ExecutionContext s = scheduler;
    return s == null ? refuseScheduled() : s.caller();
  }

  private static @Nullable Caller refuseScheduled() {
    ExecutionContext any = Schedulers.any();
    if (any != null && any.caller() != null) {
      throw new IllegalStateException(
          "a scheduler's thread called an allocator that is not bound to the scheduler");
    }
    return null;
  }

  /** The calling thread's circumstances if it is plain. */
  public Caller plain() {
    return Objects.requireNonNull(plain.caller(), "the plain context has no caller");
  }

  /** The calling thread's circumstances, whoever it is. */
  public Caller caller() {
    Caller scheduled = scheduled();
    return scheduled == null ? plain() : scheduled;
  }

  /** The context that owns the clock and the service threads. */
  public ExecutionContext base() {
    return plain;
  }

  /** The bound scheduler, or null. */
  public @Nullable ExecutionContext scheduler() {
    return scheduler;
  }

  /** Binds a scheduler, or unbinds it with null. */
  public void bind(@Nullable ExecutionContext newScheduler) {
    scheduler = newScheduler;
  }
}
