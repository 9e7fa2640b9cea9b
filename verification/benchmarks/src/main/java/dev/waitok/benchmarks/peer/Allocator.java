package dev.waitok.benchmarks.peer;

/**
 * What every allocator does for a workload. A block is named by a slot, a small number that the
 * workload chooses; the allocator keeps its own kind of handle there, so that no call boxes or
 * makes garbage that the allocator itself would not make. Slots are not synchronised: a slot is
 * handed to another thread by handing over its number through something that orders memory.
 */
public interface Allocator extends AutoCloseable {
  /**
   * Allocates a block, writes its first byte, reads it back and frees the block, without keeping a
   * handle anywhere.
   */
  byte pair(int size, byte value);

  void allocate(int slot, int size);

  /** As {@link #allocate}, and the block's contents are zero. */
  void allocateZeroed(int slot, int size);

  /** As {@link #allocate}, at a multiple of a power of two where the allocator can. */
  void allocateAligned(int slot, int size, int alignment);

  /** Makes a block longer or shorter; what fits into the new size stays. */
  void reallocate(int slot, int oldSize, int size);

  void free(int slot);

  void setByte(int slot, int offset, byte value);

  byte getByte(int slot, int offset);

  void setLong(int slot, int offset, long value);

  long getLong(int slot, int offset);

  @Override
  void close();
}
