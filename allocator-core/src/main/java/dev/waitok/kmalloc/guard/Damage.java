package dev.waitok.kmalloc.guard;

/**
 * A byte that is not as it was left.
 *
 * @param kind whose it was
 * @param block the block it belongs to
 * @param at where it is in the arena
 * @param value what it holds
 */
public record Damage(Kind kind, Guarded block, long at, byte value) {
  /** What must have happened. */
  public enum Kind {
    /** Somebody wrote in front of the block. */
    UNDERFLOW,
    /** Somebody wrote behind it. */
    OVERFLOW,
    /** Somebody wrote to it after it was freed. */
    USE_AFTER_FREE
  }
}
