package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/** 1,000 blocks of mixed sizes at once, freed in another order than they were made in. */
public final class Batch extends Workload {
  private static final int BLOCKS = 1000;
  private static final int SHORTEST_BITS = 4;
  private static final int LONGEST_BITS = 12;

  private final int[] sizes = new int[BLOCKS];
  private final int[] order = new int[BLOCKS];

  public Batch(Allocator allocator, int threads) {
    super(allocator, threads);
    Dice dice = new Dice(1);
    for (int i = 0; i < BLOCKS; i++) {
      // As many from 16 to 32 as from 2,048 to 4,096.
      int bits = SHORTEST_BITS + dice.below(LONGEST_BITS - SHORTEST_BITS);
      sizes[i] = (1 << bits) + dice.below(1 << bits);
      order[i] = i;
    }
    dice.shuffle(order);
  }

  public static int slots(int threads) {
    return threads * BLOCKS;
  }

  @Override
  long chunk(int thread) {
    int base = thread * BLOCKS;
    for (int i = 0; i < BLOCKS; i++) {
      allocator.allocate(base + i, sizes[i]);
      allocator.setByte(base + i, 0, (byte) i);
    }
    for (int i : order) {
      allocator.free(base + i);
    }
    return BLOCKS;
  }

  @Override
  void end() {
    // Nothing outlives a chunk.
  }
}
