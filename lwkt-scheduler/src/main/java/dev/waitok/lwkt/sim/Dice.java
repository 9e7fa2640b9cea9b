package dev.waitok.lwkt.sim;

/** SplitMix64: numbers that look random and follow from a seed, on every JDK. */
final class Dice {
  private long state;

  Dice(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  int next(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }
}
