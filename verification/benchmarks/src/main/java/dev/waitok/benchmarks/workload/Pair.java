package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/** Allocate one block, write and read a byte of it, free it: the shortest life. */
public final class Pair extends Workload {
  private static final int CHUNK = 1000;

  private final int size;

  public Pair(Allocator allocator, int threads, int size) {
    super(allocator, threads);
    this.size = size;
  }

  @Override
  long chunk(int thread) {
    int sum = 0;
    for (int i = 0; i < CHUNK; i++) {
      sum += allocator.pair(size, (byte) i);
    }
    if (sum == Integer.MIN_VALUE) {
      throw new IllegalStateException("bytes do not add up to this");
    }
    return CHUNK;
  }

  @Override
  void end() {
    // Nothing outlives a chunk.
  }
}
