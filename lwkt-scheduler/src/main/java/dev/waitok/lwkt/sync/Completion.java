package dev.waitok.lwkt.sync;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something that happens once, and those who wait for it. */
public final class Completion {
  /** A list of waiters; DONE once it has happened. */
  private static final class Waiter {
    private final @Nullable Permit permit;
    private final @Nullable Waiter next;

    Waiter(@Nullable Permit permit, @Nullable Waiter next) {
      this.permit = permit;
      this.next = next;
    }
  }

  private static final Waiter DONE = new Waiter(null, null);

  private final AtomicReference<@Nullable Waiter> waiters = new AtomicReference<>();

  /** Makes one that has not happened. */
  public Completion() {}

  /** It happens. Never blocks; the second time nothing comes of it. */
  public void complete() {
    Waiter waiter = waiters.getAndSet(DONE);
    while (waiter != null && waiter != DONE) {
      Permit permit = waiter.permit;
      if (permit != null) {
        permit.give();
      }
      waiter = waiter.next;
    }
  }

  /** Whether it has happened. */
  public boolean isDone() {
    return waiters.get() == DONE;
  }

  /**
   * Waits for it. What happened before it happens-before the return with {@link
   * Permit.Outcome#WOKEN}.
   *
   * @param nanos how long at most; {@link Long#MAX_VALUE} for no limit
   * @param what what it waits for, for people
   */
  public Permit.Outcome await(long nanos, String what) {
    if (isDone()) {
      return Permit.Outcome.WOKEN;
    }
    Permit permit = Permit.forCaller();
    Waiter seen;
    do {
      seen = waiters.get();
      if (seen == DONE) {
        return Permit.Outcome.WOKEN;
      }
    } while (!waiters.compareAndSet(seen, new Waiter(permit, seen)));
    return permit.await(nanos, true, what);
  }
}
