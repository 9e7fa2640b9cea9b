package dev.waitok.benchmarks.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The floor: one size of block for everything, a stack of free blocks in a plain array, and a bump
 * pointer when it is empty. It checks nothing, counts nothing and serves one thread.
 */
final class BumpAndPop extends Addresses {
  static final int BLOCK = 64 << 10;
  private static final int BLOCKS = 2048;

  private final MemorySegment memory;
  private final Arena arena;
  private final long[] free = new long[BLOCKS];
  private int top;
  private long bump;

  BumpAndPop(int slots) {
    this(Arena.ofShared(), slots);
  }

  private BumpAndPop(Arena arena, int slots) {
    MemorySegment all = arena.allocate((long) BLOCKS * BLOCK, 64);
    super(all, slots);
    this.memory = all;
    this.arena = arena;
  }

  @Override
  long make(long size) {
    if (top > 0) {
      return free[--top];
    }
    long block = bump;
    bump += BLOCK;
    return block;
  }

  @Override
  long makeZeroed(long size) {
    long block = make(size);
    memory.asSlice(block, size).fill((byte) 0);
    return block;
  }

  @Override
  long makeAligned(long size, long alignment) {
    return make(size);
  }

  @Override
  long resize(long block, long oldSize, long size) {
    return block;
  }

  @Override
  void release(long block) {
    free[top++] = block;
  }

  @Override
  public void close() {
    arena.close();
  }
}
