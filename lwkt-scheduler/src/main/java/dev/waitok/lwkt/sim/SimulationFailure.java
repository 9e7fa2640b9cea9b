package dev.waitok.lwkt.sim;

import org.jspecify.annotations.Nullable;

/** A run of a simulation failed. Its message says how, names the token, and what everybody did. */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** How a run fails. */
  public enum Kind {
    /** Something was thrown: an assertion, an invariant, an event that nobody asked for. */
    THREW,
    /** Nobody can run, and no time will change that. */
    DEADLOCK,
    /** A thread sleeps for what is there. */
    LOST_WAKEUP,
    /** Steps and steps, and no progress. */
    LIVELOCK,
    /** A thread blocks in Java code, or loops without a point where others might run. */
    STUCK
  }

  /** What went wrong. */
  private final Kind kind;

  /** What repeats the run. */
  private final String token;

  /** What was chosen, step by step. */
  private final String choices;

  SimulationFailure(
      Kind kind, String token, String choices, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.token = token;
    this.choices = choices;
  }

  /**
   * How it failed.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * What {@link Strategy#replay} takes to fail the same way again.
   *
   * @return the shortest token
   */
  public String token() {
    return token;
  }

  /**
   * The run as a list of its choices: longer than {@link #token}, but independent of the strategy.
   *
   * @return a token too
   */
  public String choices() {
    return choices;
  }
}
