package dev.waitok.kmalloc.guard;

/**
 * Says yes to one call in so many, on the average: the gaps are uniform, so that a program with a
 * rhythm is sampled all over. Threads share a few counters without atomics: a lost step only makes
 * a gap longer.
 */
public final class Sampler {
  /** Ints in two cache lines, which processors fetch together. */
  private static final int APART = 32;

  private final int oneIn;
  private final int mask;
  private final int[] left;
  private final int[] dice;

  /**
   * A sampler.
   *
   * @param oneIn 1 for always, 0 for never
   * @param slots how many counters, a power of two
   */
  public Sampler(int oneIn, int slots) {
    this.oneIn = oneIn;
    this.mask = slots - 1;
    this.left = new int[slots * APART];
    this.dice = new int[slots * APART];
    for (int slot = 0; slot < slots; slot++) {
      dice[slot * APART] = 0x9E3779B9 * (slot + 1);
      left[slot * APART] = gap(slot * APART);
    }
  }

  /** Whether this call is one of them. */
  public boolean next() {
    if (oneIn <= 1) {
      return oneIn == 1;
    }
    int slot = ((int) Thread.currentThread().threadId() & mask) * APART;
    if (--left[slot] > 0) {
      return false;
    }
    left[slot] = gap(slot);
    return true;
  }

  private int gap(int slot) {
    int x = dice[slot];
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    dice[slot] = x;
    return oneIn <= 1 ? 1 : 1 + (int) (Integer.toUnsignedLong(x) % (2L * oneIn - 1));
  }
}
