package dev.waitok.lwkt.world;

import org.jspecify.annotations.Nullable;

/**
 * How a world ended.
 *
 * @param kind what happened
 * @param message more, in words
 * @param cause what was thrown, if that was it
 */
public record Outcome(Kind kind, String message, @Nullable Throwable cause) {
  /** What can happen. */
  public enum Kind {
    /** The program came to its end. */
    DONE,
    /** Something threw that nobody caught: an assertion, an invariant. */
    THREW,
    /** Nobody can run and no time will change that. */
    DEADLOCK,
    /** Somebody sleeps for what is there. */
    LOST_WAKEUP,
    /** Steps and steps, and no progress. */
    LIVELOCK,
    /** A thread left the world's control: it blocks in Java code, or loops between two points. */
    STUCK
  }
}
