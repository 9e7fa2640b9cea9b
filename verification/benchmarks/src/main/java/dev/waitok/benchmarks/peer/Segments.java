package dev.waitok.benchmarks.peer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The part that allocators share whose handle is a {@link MemorySegment}. */
abstract class Segments implements Allocator {
  private final MemorySegment[] blocks;

  Segments(int slots) {
    blocks = new MemorySegment[slots];
  }

  final MemorySegment block(int slot) {
    return blocks[slot];
  }

  final void put(int slot, MemorySegment block) {
    blocks[slot] = block;
  }

  @Override
  public final void setByte(int slot, int offset, byte value) {
    blocks[slot].set(ValueLayout.JAVA_BYTE, offset, value);
  }

  @Override
  public final byte getByte(int slot, int offset) {
    return blocks[slot].get(ValueLayout.JAVA_BYTE, offset);
  }

  @Override
  public final void setLong(int slot, int offset, long value) {
    blocks[slot].set(ValueLayout.JAVA_LONG_UNALIGNED, offset, value);
  }

  @Override
  public final long getLong(int slot, int offset) {
    return blocks[slot].get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
  }
}
