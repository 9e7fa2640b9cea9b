package dev.waitok.benchmarks.workload;

/** Random numbers for about a nanosecond each, the same ones in every run. */
final class Dice {
  /** Odd, from the golden ratio: neighbouring seeds give unlike sequences. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long state;

  Dice(long seed) {
    state = (seed + 1) * STEP;
  }

  /** 32 random bits. */
  int next() {
    long x = state;
    x ^= x << 13;
    x ^= x >>> 7;
    x ^= x << 17;
    state = x;
    return (int) (x >>> 32);
  }

  /** A number from 0 to below a bound. */
  int below(int bound) {
    return (int) (((next() & 0xFFFFFFFFL) * bound) >>> 32);
  }

  /** Puts numbers into a random order. */
  void shuffle(int[] numbers) {
    for (int i = numbers.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int number = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = number;
    }
  }
}
