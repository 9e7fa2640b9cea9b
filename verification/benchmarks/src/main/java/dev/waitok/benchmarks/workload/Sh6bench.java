package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import java.util.BitSet;

/**
 * Many small and some larger blocks in a ring: when it is full, a window of a fifth stays live,
 * what is below it is freed in order, what is above it in reverse, and the window moves on.
 */
public final class Sh6bench extends Workload {
  private static final int RING = 10_000;
  private static final int WINDOW = RING / 5;
  private static final int BOUND = 1000;

  private final Ring[] rings;

  public Sh6bench(Allocator allocator, int threads) {
    super(allocator, threads);
    rings = new Ring[threads];
    for (int i = 0; i < threads; i++) {
      rings[i] = new Ring(i * RING);
    }
  }

  public static int slots(int threads) {
    return threads * RING;
  }

  @Override
  long chunk(int thread) {
    Ring ring = rings[thread];
    long blocks = 0;
    for (int largest = 1; largest < BOUND; largest = largest * 3 / 2 + 1) {
      for (int size = largest; size > 0; size /= 2) {
        int repeats = repeats(size);
        for (int i = 0; i < repeats; i++) {
          ring.allocate(size);
        }
        blocks += repeats;
      }
    }
    return blocks;
  }

  private static int repeats(int size) {
    return size < 100 ? 250 : size < 1000 ? 50 : size < 10_000 ? 10 : 1;
  }

  @Override
  void end() {
    for (Ring ring : rings) {
      ring.freeAll();
    }
  }

  private final class Ring {
    private final int base;
    private int next;
    private int windowStart;
    private int windowEnd;

    Ring(int base) {
      this.base = base;
    }

    void allocate(int size) {
      if (next == windowStart) {
        next = windowEnd;
      }
      if (next == RING) {
        freeAround();
      }
      allocator.allocate(base + next, size);
      allocator.setByte(base + next, 0, (byte) size);
      next++;
    }

    /** Moves the window on and frees what is outside it. */
    private void freeAround() {
      windowStart = windowEnd == RING ? 0 : windowEnd;
      windowEnd = windowStart + WINDOW;
      for (int i = 0; i < windowStart; i++) {
        allocator.free(base + i);
      }
      for (int i = RING - 1; i >= windowEnd; i--) {
        allocator.free(base + i);
      }
      next = windowStart == 0 ? windowEnd : 0;
    }

    void freeAll() {
      BitSet live = new BitSet(RING);
      live.set(0, next);
      live.set(windowStart, windowEnd);
      live.stream().forEach(i -> allocator.free(base + i));
    }
  }
}
