package dev.waitok.kmalloc.cache;

import dev.waitok.kmalloc.KmallocClosedException;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The blocks of one cache: makes values of them and frees them. */
final class Blocks {
  /** The policy counts in an int; the block of a size is larger by an eighth at most. */
  static final long LARGEST = 1 << 30;

  private final MallocType type;
  private final LongAdder bytes = new LongAdder();

  Blocks(MallocType type) {
    this.type = type;
  }

  /** Bytes that are not freed yet. */
  long bytes() {
    return bytes.sum();
  }

  /** A copy; waits for memory if need be. */
  Value copyOf(MemorySegment from) {
    return filled(type.kmalloc(requireSize(from)), from);
  }

  /** A copy, or null if there is no memory at once. */
  @Nullable Value tryCopyOf(MemorySegment from) {
    MemorySegment block = type.tryKmalloc(requireSize(from));
    return block == null ? null : filled(block, from);
  }

  private static long requireSize(MemorySegment from) {
    long size = from.byteSize();
    if (size > LARGEST) {
      throw new IllegalArgumentException("a value has at most " + LARGEST + " bytes: size=" + size);
    }
    return size;
  }

  private Value filled(MemorySegment block, MemorySegment from) {
    try {
      block.copyFrom(from);
      int usable = (int) type.usableSize(block);
      Value value = new Value(this, block.asReadOnly(), usable);
      bytes.add(usable);
      return value;
    } catch (Throwable e) {
      type.kfree(block);
      throw e;
    }
  }

  /** Frees the block of a value that nobody has any more. */
  void free(Value value) {
    bytes.add(-value.usableSize());
    try {
      type.kfree(value.contents());
    } catch (KmallocClosedException e) {
      // It went with the arena.
    }
  }
}
