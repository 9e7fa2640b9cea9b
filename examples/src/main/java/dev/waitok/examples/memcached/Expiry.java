package dev.waitok.examples.memcached;

import java.util.concurrent.TimeUnit;

/** The protocol's expiry times. */
final class Expiry {
  /** Up to this many seconds they are from now on, above since 1970. */
  private static final long RELATIVE = TimeUnit.DAYS.toSeconds(30);

  private Expiry() {}

  /**
   * When an item expires, in milliseconds.
   *
   * @param seconds 0 for never, negative for at once
   * @param now in milliseconds
   */
  static long at(long seconds, long now) {
    if (seconds == 0) {
      return Long.MAX_VALUE;
    }
    if (seconds < 0) {
      return 0;
    }
    return seconds <= RELATIVE
        ? now + TimeUnit.SECONDS.toMillis(seconds)
        : TimeUnit.SECONDS.toMillis(seconds);
  }

  /** A time so many seconds from now, at the most some decades; none lies before now. */
  static long in(long seconds, long now) {
    return now + TimeUnit.SECONDS.toMillis(Math.clamp(seconds, 0, Integer.MAX_VALUE));
  }

  /** How many seconds are left, -1 for ever. */
  static long secondsLeft(Item item, long now) {
    return item.expiresAt() == Long.MAX_VALUE
        ? -1
        : TimeUnit.MILLISECONDS.toSeconds(Math.max(0, item.expiresAt() - now));
  }
}
