package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * False sharing that an allocator passes on: one thread makes a block of one byte for each worker,
 * which frees it, and then writes blocks of one byte of its own, each many times. Writes count.
 */
public final class CacheScratch extends Workload {
  private static final int WRITES = 20_000;

  private final boolean[] freed;

  public CacheScratch(Allocator allocator, int threads) {
    super(allocator, threads);
    freed = new boolean[threads];
    for (int i = 0; i < threads; i++) {
      allocator.allocate(i, 1);
      allocator.setByte(i, 0, (byte) i);
    }
  }

  @Override
  long chunk(int thread) {
    if (!freed[thread]) {
      allocator.free(thread);
      freed[thread] = true;
    }
    int writes = WRITES / threads;
    allocator.allocate(thread, 1);
    allocator.setByte(thread, 0, (byte) 0);
    for (int i = 0; i < writes; i++) {
      allocator.setByte(thread, 0, (byte) (allocator.getByte(thread, 0) + i));
    }
    allocator.free(thread);
    return writes;
  }

  @Override
  void end() {
    for (int i = 0; i < threads; i++) {
      if (!freed[i]) {
        allocator.free(i);
      }
    }
  }
}
