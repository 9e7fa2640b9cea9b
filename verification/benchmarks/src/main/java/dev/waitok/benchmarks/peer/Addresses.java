package dev.waitok.benchmarks.peer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The part that allocators share whose handle is a number: an address or an offset. */
abstract class Addresses implements Allocator {
  private final MemorySegment memory;
  private final long[] blocks;

  /** Blocks are numbers that point into a segment. */
  Addresses(MemorySegment memory, int slots) {
    this.memory = memory;
    this.blocks = new long[slots];
  }

  abstract long make(long size);

  abstract long makeZeroed(long size);

  abstract long makeAligned(long size, long alignment);

  abstract long resize(long block, long oldSize, long size);

  abstract void release(long block);

  @Override
  public final byte pair(int size, byte value) {
    long block = make(size);
    memory.set(ValueLayout.JAVA_BYTE, block, value);
    byte read = memory.get(ValueLayout.JAVA_BYTE, block);
    release(block);
    return read;
  }

  @Override
  public final void allocate(int slot, int size) {
    blocks[slot] = make(size);
  }

  @Override
  public final void allocateZeroed(int slot, int size) {
    blocks[slot] = makeZeroed(size);
  }

  @Override
  public final void allocateAligned(int slot, int size, int alignment) {
    blocks[slot] = makeAligned(size, alignment);
  }

  @Override
  public final void reallocate(int slot, int oldSize, int size) {
    blocks[slot] = resize(blocks[slot], oldSize, size);
  }

  @Override
  public final void free(int slot) {
    release(blocks[slot]);
  }

  @Override
  public final void setByte(int slot, int offset, byte value) {
    memory.set(ValueLayout.JAVA_BYTE, blocks[slot] + offset, value);
  }

  @Override
  public final byte getByte(int slot, int offset) {
    return memory.get(ValueLayout.JAVA_BYTE, blocks[slot] + offset);
  }

  @Override
  public final void setLong(int slot, int offset, long value) {
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, blocks[slot] + offset, value);
  }

  @Override
  public final long getLong(int slot, int offset) {
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, blocks[slot] + offset);
  }
}
