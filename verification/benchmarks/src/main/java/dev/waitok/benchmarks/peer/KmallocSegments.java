package dev.waitok.benchmarks.peer;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * kmalloc's segment form. Segments that are kept in a slot are garbage; those of a pair are not.
 */
final class KmallocSegments extends Segments implements KmallocBacked {
  private final Kmalloc kmalloc;
  private final MallocType type;

  KmallocSegments(Kmalloc kmalloc, int slots) {
    super(slots);
    this.kmalloc = kmalloc;
    this.type = kmalloc.type("benchmark");
  }

  @Override
  public Kmalloc kmalloc() {
    return kmalloc;
  }

  @Override
  public byte pair(int size, byte value) {
    MemorySegment block = type.kmalloc(size);
    block.set(ValueLayout.JAVA_BYTE, 0, value);
    byte read = block.get(ValueLayout.JAVA_BYTE, 0);
    type.kfree(block);
    return read;
  }

  @Override
  public void allocate(int slot, int size) {
    put(slot, type.kmalloc(size));
  }

  @Override
  public void allocateZeroed(int slot, int size) {
    put(slot, type.kmalloc(size, M_WAITOK | M_ZERO));
  }

  @Override
  public void allocateAligned(int slot, int size, int alignment) {
    put(slot, kmalloc.kmallocAligned(size, alignment, type, M_WAITOK));
  }

  @Override
  public void reallocate(int slot, int oldSize, int size) {
    put(slot, type.krealloc(block(slot), size, M_WAITOK));
  }

  @Override
  public void free(int slot) {
    type.kfree(block(slot));
  }

  @Override
  public void close() {
    kmalloc.close();
  }
}
