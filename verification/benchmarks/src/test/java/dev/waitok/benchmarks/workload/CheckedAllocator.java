package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import dev.waitok.benchmarks.peer.KmallocBacked;
import dev.waitok.kmalloc.Kmalloc;
import java.util.Arrays;

/** Fills every block of an allocator, keeps a copy, and compares all of it when it is freed. */
final class CheckedAllocator implements KmallocBacked {
  private final KmallocBacked allocator;
  private final byte[][] copies;

  CheckedAllocator(Allocator allocator, int slots) {
    this.allocator = (KmallocBacked) allocator;
    this.copies = new byte[slots][];
  }

  /** Whether every block was freed. */
  boolean isEmpty() {
    return Arrays.stream(copies).allMatch(copy -> copy == null);
  }

  @Override
  public Kmalloc kmalloc() {
    return allocator.kmalloc();
  }

  @Override
  public byte pair(int size, byte value) {
    return allocator.pair(size, value);
  }

  @Override
  public void allocate(int slot, int size) {
    allocator.allocate(slot, size);
    made(slot, 0, size);
  }

  @Override
  public void allocateZeroed(int slot, int size) {
    allocator.allocateZeroed(slot, size);
    made(slot, 0, size);
  }

  @Override
  public void allocateAligned(int slot, int size, int alignment) {
    allocator.allocateAligned(slot, size, alignment);
    made(slot, 0, size);
  }

  @Override
  public void reallocate(int slot, int oldSize, int size) {
    if (copies[slot].length != oldSize) {
      throw new AssertionError("slot " + slot + " has not the old size");
    }
    byte[] old = copies[slot];
    copies[slot] = null;
    allocator.reallocate(slot, oldSize, size);
    made(slot, Math.min(oldSize, size), size);
    System.arraycopy(old, 0, copies[slot], 0, Math.min(oldSize, size));
  }

  /** Fills what is new of a block. */
  private void made(int slot, int kept, int size) {
    if (copies[slot] != null) {
      throw new AssertionError("slot " + slot + " is used twice");
    }
    copies[slot] = new byte[size];
    for (int i = kept; i < size; i++) {
      setByte(slot, i, (byte) (slot + i));
    }
  }

  @Override
  public void free(int slot) {
    byte[] copy = copies[slot];
    for (int i = 0; i < copy.length; i++) {
      if (allocator.getByte(slot, i) != copy[i]) {
        throw new AssertionError("byte " + i + " of slot " + slot + " was overwritten");
      }
    }
    copies[slot] = null;
    allocator.free(slot);
  }

  @Override
  public void setByte(int slot, int offset, byte value) {
    copies[slot][offset] = value;
    allocator.setByte(slot, offset, value);
  }

  @Override
  public byte getByte(int slot, int offset) {
    return allocator.getByte(slot, offset);
  }

  @Override
  public void setLong(int slot, int offset, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      setByte(slot, offset + i, (byte) (value >>> (i * Byte.SIZE)));
    }
  }

  @Override
  public long getLong(int slot, int offset) {
    return allocator.getLong(slot, offset);
  }

  @Override
  public void close() {
    allocator.close();
  }
}
