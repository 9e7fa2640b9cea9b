package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * The buffers of a proxy for WebSocket connections: headers and control frames, chat messages,
 * reads of a socket, TLS records, and a few whole documents. The number of live buffers walks at
 * random between a half and all of a given number; which one goes is random as well. One byte is
 * written and read. An operation is a buffer's life.
 */
public final class WebSocketProxy extends Workload {
  /** Sizes, and how many of 1,000 buffers have each. */
  private static final int[][] SIZES = {
    {2, 30},
    {4, 40},
    {6, 35},
    {8, 45},
    {10, 25},
    {14, 50},
    {23, 20},
    {31, 25},
    {37, 20},
    {48, 40},
    {64, 55},
    {77, 20},
    {96, 30},
    {125, 45},
    {129, 20},
    {150, 25},
    {192, 25},
    {227, 15},
    {256, 70},
    {301, 15},
    {366, 15},
    {412, 15},
    {512, 60},
    {622, 10},
    {749, 10},
    {900, 10},
    {1024, 50},
    {1200, 12},
    {1422, 10},
    {1460, 25},
    {2048, 40},
    {2925, 6},
    {4096, 28},
    {5200, 4},
    {8192, 20},
    {11_000, 3},
    {16_384, 14},
    {16_413, 12},
    {24_600, 2},
    {32_768, 3},
    {65_536, 1},
  };

  private static final int DRAWN = 1 << 12;

  private final int most;
  private final int[] drawn = new int[DRAWN];
  private final Walk[] walks;

  public WebSocketProxy(Allocator allocator, int threads, int live) {
    super(allocator, threads);
    most = live;
    Dice dice = new Dice(live);
    for (int i = 0; i < DRAWN; i++) {
      drawn[i] = draw(dice);
    }
    walks = new Walk[threads];
    for (int i = 0; i < threads; i++) {
      walks[i] = new Walk(i);
    }
  }

  public static int slots(int threads, int live) {
    return threads * live;
  }

  private static int draw(Dice dice) {
    int all = 0;
    for (int[] size : SIZES) {
      all += size[1];
    }
    int left = dice.below(all);
    int i = 0;
    while (left >= SIZES[i][1]) {
      left -= SIZES[i++][1];
    }
    return SIZES[i][0];
  }

  @Override
  long chunk(int thread) {
    return walks[thread].step();
  }

  @Override
  void end() {
    for (Walk walk : walks) {
      walk.shrink(0);
    }
  }

  private final class Walk {
    /** The live slots, then the others. */
    private final int[] slots = new int[most];

    private final Dice dice;
    private int live;
    private int position;

    Walk(int thread) {
      dice = new Dice(thread);
      for (int i = 0; i < most; i++) {
        slots[i] = thread * most + i;
      }
    }

    /** Goes down to one number of live buffers and up to another; returns how many were made. */
    long step() {
      shrink(most / 2 + dice.below(most / 4));
      int target = most - dice.below(most / 4);
      int made = target - live;
      while (live < target) {
        int slot = slots[live++];
        allocator.allocate(slot, drawn[position++ & (DRAWN - 1)]);
        allocator.setByte(slot, 0, (byte) slot);
      }
      return made;
    }

    void shrink(int target) {
      while (live > target) {
        int i = dice.below(live--);
        int slot = slots[i];
        if (allocator.getByte(slot, 0) != (byte) slot) {
          throw new IllegalStateException("the byte of slot " + slot + " was overwritten");
        }
        allocator.free(slot);
        slots[i] = slots[live];
        slots[live] = slot;
      }
    }
  }
}
