package dev.waitok.lwkt;

import dev.waitok.lwkt.sync.SpinCore;

/**
 * A spin lock: for a few instructions that several cpus share. Its holder is in a hard section: it
 * cannot be preempted and may not wait. Other Java threads may take it too. Not re-entrant.
 *
 * <pre>{@code
 * try (var _ = lock.lock()) { ... }
 * }</pre>
 */
public final class SpinLock {
  private final SpinCore core;
  private final Hold hold = new Hold(this);

  /**
   * Makes a lock that is free.
   *
   * @param name its name, for people
   */
  public SpinLock(String name) {
    core = new SpinCore(name);
  }

  /**
   * Takes it, spinning while another has it.
   *
   * @return closes to {@link #unlock}
   * @throws IllegalStateException if the calling thread has it already
   */
  public Hold lock() {
    core.lock();
    return hold;
  }

  /**
   * Takes it if it is free.
   *
   * @return whether the caller has it now
   * @throws IllegalStateException if the calling thread has it already
   */
  public boolean tryLock() {
    return core.tryLock();
  }

  /**
   * Frees it. Leaving the outermost section is a preemption point.
   *
   * @throws IllegalStateException if the calling thread does not have it
   */
  public void unlock() {
    core.unlock();
  }

  @Override
  public String toString() {
    return "spin lock " + core.name() + (core.isHeld() ? ", held" : ", free");
  }

  /** A lock that is held; closing it frees it. */
  public static final class Hold implements AutoCloseable {
    private final SpinLock lock;

    private Hold(SpinLock lock) {
      this.lock = lock;
    }

    @Override
    public void close() {
      lock.unlock();
    }
  }
}
