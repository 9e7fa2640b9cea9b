package dev.waitok.benchmarks.peer;

import org.lwjgl.system.jemalloc.JEmalloc;

/** jemalloc as LWJGL binds it. */
final class Jemalloc extends Addresses {
  Jemalloc(int slots) {
    super(NativeMemory.ALL, slots);
  }

  @Override
  long make(long size) {
    return JEmalloc.nje_malloc(size);
  }

  @Override
  long makeZeroed(long size) {
    return JEmalloc.nje_calloc(1, size);
  }

  @Override
  long makeAligned(long size, long alignment) {
    return JEmalloc.nje_aligned_alloc(alignment, (size + alignment - 1) & -alignment);
  }

  @Override
  long resize(long block, long oldSize, long size) {
    return JEmalloc.nje_realloc(block, size);
  }

  @Override
  void release(long block) {
    JEmalloc.nje_free(block);
  }

  @Override
  public void close() {
    // The C allocator stays with the process.
  }
}
