package dev.waitok.lwkt.sched;

/**
 * Makes the exceptions with which the scheduler refuses a call; the public face names their types.
 */
public interface Refusals {
  /** A FAST interrupt asked for something that waits or switches. */
  RuntimeException mustBlock();

  /**
   * The thread may not block at all.
   *
   * @param why in a few words, such as "a spin lock is held"
   */
  RuntimeException cannotBlock(String thread, String why);

  /**
   * The thread cannot leave its cpu: a native frame or a class initialiser is on its stack.
   *
   * @param nanos how long it has been waiting in place
   */
  RuntimeException pinned(String thread, long nanos);

  /** Whether that is what {@link #mustBlock} makes. */
  boolean isMustBlock(Throwable thrown);
}
