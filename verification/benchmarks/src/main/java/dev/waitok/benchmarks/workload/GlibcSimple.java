package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * Runs of small blocks: of 16, 32 and 64 bytes, 25 to 1,600 at once; the first half is freed in
 * order, the second in reverse.
 */
public final class GlibcSimple extends Workload {
  private static final int[] SIZES = {16, 32, 64};
  private static final int[] COUNTS = {25, 100, 400, 1600};
  private static final int LARGEST = 1600;

  public GlibcSimple(Allocator allocator, int threads) {
    super(allocator, threads);
  }

  public static int slots(int threads) {
    return threads * LARGEST;
  }

  @Override
  long chunk(int thread) {
    int base = thread * LARGEST;
    for (int size : SIZES) {
      for (int count : COUNTS) {
        for (int i = 0; i < LARGEST / count; i++) {
          run(base, count, size);
        }
      }
    }
    return (long) SIZES.length * COUNTS.length * LARGEST;
  }

  private void run(int base, int count, int size) {
    for (int i = 0; i < count; i++) {
      allocator.allocate(base + i, size);
      allocator.setByte(base + i, 0, (byte) i);
    }
    for (int i = 0; i < count / 2; i++) {
      allocator.free(base + i);
    }
    for (int i = count - 1; i >= count / 2; i--) {
      allocator.free(base + i);
    }
  }

  @Override
  void end() {
    // Nothing outlives a chunk.
  }
}
