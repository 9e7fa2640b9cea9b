package dev.waitok.lwkt.io;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took, in buckets that are at most an eighth wide. One thread at a time adds; a
 * reader sees the counts of about now.
 */
public final class Latencies {
  private static final int STEPS = 8;
  private static final int SHIFT = 3;

  private final AtomicLongArray counts = new AtomicLongArray(STEPS * (Long.SIZE - SHIFT));
  private volatile long longest;

  /** Makes it empty. */
  public Latencies() {}

  /** Adds one; a negative one counts as 0. */
  public void add(long nanos) {
    long value = Math.max(0, nanos);
    int bucket = bucketOf(value);
    counts.setOpaque(bucket, counts.getOpaque(bucket) + 1);
    if (value > longest) {
      longest = value;
    }
  }

  /** The longest so far. */
  public long longest() {
    return longest;
  }

  /**
   * A percentile: the upper end of its bucket, or the longest if that is less.
   *
   * @param percent 0 to 100
   * @return nanoseconds; 0 if nothing was added
   */
  public long percentile(double percent) {
    long all = 0;
    for (int i = 0; i < counts.length(); i++) {
      all += counts.getOpaque(i);
    }
    long wanted = (long) Math.ceil(all * percent / 100);
    long below = 0;
    for (int i = 0; i < counts.length(); i++) {
      below += counts.getOpaque(i);
      if (below >= wanted && below > 0) {
        return Math.min(endOf(i), longest);
      }
    }
    return 0;
  }

  /** The first eight are exact; then eight for each power of two. */
  static int bucketOf(long value) {
    if (value < STEPS) {
      return (int) value;
    }
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SHIFT;
    return STEPS * exponent + (int) (value >>> exponent);
  }

  /** The largest value of a bucket. */
  static long endOf(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int exponent = bucket / STEPS - 1;
    long first = (long) (STEPS + bucket % STEPS) << exponent;
    return first + (1L << exponent) - 1;
  }
}
