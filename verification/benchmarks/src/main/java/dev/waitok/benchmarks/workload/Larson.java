package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * A server whose threads end and leave their blocks to a successor: each thread replaces random
 * blocks of its 5,000 by new ones of 8 to 999 bytes; with every round a new thread takes over.
 */
public final class Larson extends Workload {
  private static final int SLICE = 5000;
  private static final int SHORTEST = 8;
  private static final int BOUND = 1000;

  private final int[] slots;
  private final Dice[] dice;

  public Larson(Allocator allocator, int threads) {
    super(allocator, threads);
    Dice setUp = new Dice(7);
    slots = new int[slots(threads)];
    dice = new Dice[threads];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = i;
      allocate(i, setUp);
    }
    setUp.shuffle(slots);
    for (int i = 0; i < 4 * slots.length; i++) {
      replace(slots[setUp.below(slots.length)], setUp);
    }
    for (int i = 0; i < threads; i++) {
      dice[i] = new Dice(100 + i);
    }
  }

  public static int slots(int threads) {
    return threads * SLICE;
  }

  private void allocate(int slot, Dice random) {
    allocator.allocate(slot, SHORTEST + random.below(BOUND - SHORTEST));
    allocator.setByte(slot, 0, (byte) slot);
    allocator.setByte(slot, 1, (byte) slot);
  }

  private void replace(int slot, Dice random) {
    allocator.free(slot);
    allocate(slot, random);
  }

  @Override
  boolean startsThreads() {
    return true;
  }

  @Override
  long chunk(int thread) {
    Dice random = dice[thread];
    int base = thread * SLICE;
    for (int i = 0; i < SLICE; i++) {
      replace(slots[base + random.below(SLICE)], random);
    }
    return SLICE;
  }

  @Override
  void end() {
    for (int slot : slots) {
      allocator.free(slot);
    }
  }
}
