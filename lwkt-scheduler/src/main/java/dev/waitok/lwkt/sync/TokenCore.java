package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Tcb;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of one token: which running thread has it, and which cpus want to be told when it comes
 * free.
 *
 * <p>No cpu is forgotten: one that found the token taken adds itself and then tries once more; one
 * that frees it does so and then looks for cpus to tell.
 */
public final class TokenCore {
  private static final AtomicLong NEXT_ID = new AtomicLong();

  /** A cpu that wants to be told. */
  private record Interested(CpuScheduler cpu, @Nullable Interested next) {}

  private final String name;
  private final long id = NEXT_ID.getAndIncrement();
  private final AtomicReference<@Nullable Tcb> owner = new AtomicReference<>();
  private final AtomicReference<@Nullable Interested> interested = new AtomicReference<>();

  /** Makes a token that nobody has. */
  public TokenCore(String name) {
    this.name = name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The order in which tokens are taken by a thread that keeps missing. */
  long id() {
    return id;
  }

  /** Who has it; null if nobody. */
  public @Nullable Tcb owner() {
    return owner.get();
  }

  boolean tryTake(Tcb thread) {
    return owner.get() == null && owner.compareAndSet(null, thread);
  }

  /** As {@link #tryTake}, but if it is taken, the thread's cpu is told when it comes free. */
  boolean takeOrAsk(Tcb thread) {
    if (tryTake(thread)) {
      return true;
    }
    CpuScheduler cpu = thread.cpu();
    Interested seen;
    do {
      seen = interested.get();
      for (Interested i = seen; i != null; i = i.next) {
        if (i.cpu == cpu) {
          return tryTake(thread);
        }
      }
    } while (!interested.compareAndSet(seen, new Interested(cpu, seen)));
    return tryTake(thread);
  }

  void free() {
    owner.set(null);
    if (interested.get() != null) {
      for (Interested i = interested.getAndSet(null); i != null; i = i.next) {
        i.cpu.nudge();
      }
    }
  }
}
