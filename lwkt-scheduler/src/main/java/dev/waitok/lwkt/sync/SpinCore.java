package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.dispatch.Parker;
import dev.waitok.lwkt.sched.Tcb;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A spin lock. Its holder is in a hard section, so it never leaves its cpu with the lock held;
 * other Java threads may take it too, and then it is as short as the operating system lets it be.
 */
public final class SpinCore {
  private final String name;
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

  /** Makes a lock that is free. */
  public SpinCore(String name) {
    this.name = name;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whether somebody has it. */
  public boolean isHeld() {
    return owner.get() != null;
  }

  /**
   * Takes it, spinning.
   *
   * @throws IllegalStateException if the calling thread has it already
   */
  public void lock() {
    Thread caller = Thread.currentThread();
    checkNotOwner(caller);
    Tcb self = Tcb.current();
    if (self != null) {
      self.enterSpin();
    }
    while (!(owner.get() == null && owner.compareAndSet(null, caller))) {
      Parker.spinWait();
    }
  }

  /** Takes it if it is free. */
  public boolean tryLock() {
    Thread caller = Thread.currentThread();
    checkNotOwner(caller);
    Tcb self = Tcb.current();
    if (self != null) {
      self.enterSpin();
    }
    if (owner.compareAndSet(null, caller)) {
      return true;
    }
    if (self != null) {
      self.leaveSpin();
    }
    return false;
  }

  /**
   * Frees it.
   *
   * @throws IllegalStateException if the calling thread does not have it
   */
  @SuppressWarnings("ReferenceEquality") // identity is meant
  public void unlock() {
    if (owner.get() != Thread.currentThread()) {
      throw new IllegalStateException(
          Thread.currentThread().getName() + " frees spin lock " + name + " that it does not hold");
    }
    owner.set(null);
    Tcb self = Tcb.current();
    if (self != null) {
      self.leaveSpin();
    }
  }

  @SuppressWarnings("ReferenceEquality") // identity is meant
  private void checkNotOwner(Thread caller) {
    if (owner.get() == caller) {
      throw new IllegalStateException(
          caller.getName() + " takes spin lock " + name + " that it holds already");
    }
  }
}
