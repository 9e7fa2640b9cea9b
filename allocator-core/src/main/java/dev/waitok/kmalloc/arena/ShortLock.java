package dev.waitok.kmalloc.arena;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A spin lock for a few instructions at a time.
 *
 * <p>Inside it there is no system call, no call-out, no allocation and no preemption point, so any
 * caller may spin on it: its holder is running, or is about to. Not re-entrant.
 */
public final class ShortLock {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(ShortLock.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Spins this often before it lets the kernel run the holder: a microsecond or so. */
  private static final int SPINS = 100;

  @SuppressWarnings("unused") // through HELD
  private int held;

  /** Takes the lock, spinning while another has it. */
  public void lock() {
    if (!tryLock()) {
      spin();
    }
  }

  /** Takes the lock if nobody has it. */
  public boolean tryLock() {
    return HELD.compareAndSet(this, 0, 1);
  }

  /** Gives the lock back. */
  public void unlock() {
    assert isHeld() : "it is given back and nobody has it";
    HELD.setRelease(this, 0);
  }

  /** Whether somebody holds the lock at this moment; for assertions. */
  public boolean isHeld() {
    return (int) HELD.getOpaque(this) != 0;
  }

  private void spin() {
    int spins = 0;
    do {
      while (isHeld()) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          spins = 0;
          Libc.yieldProcessor();
        }
      }
    } while (!tryLock());
  }
}
