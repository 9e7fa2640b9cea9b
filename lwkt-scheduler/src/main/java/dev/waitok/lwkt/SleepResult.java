package dev.waitok.lwkt;

import dev.waitok.lwkt.sync.Permit;

/** How a sleep ended. */
public enum SleepResult {
  /** Somebody woke the thread; what it waited for must be looked at again. */
  WOKEN,
  /** The time was over first. */
  TIMED_OUT,
  /** The thread was interrupted; its interrupt status is still set. */
  INTERRUPTED;

  static SleepResult of(Permit.Outcome outcome) {
    return switch (outcome) {
      case WOKEN -> WOKEN;
      case TIMED_OUT -> TIMED_OUT;
      case INTERRUPTED -> INTERRUPTED;
    };
  }
}
