package dev.waitok.benchmarks.peer;

import org.lwjgl.system.mimalloc.mimalloc;

/** mimalloc as LWJGL binds it. */
final class Mimalloc extends Addresses {
  Mimalloc(int slots) {
    super(NativeMemory.ALL, slots);
  }

  @Override
  long make(long size) {
    return mimalloc.nmi_malloc(size);
  }

  @Override
  long makeZeroed(long size) {
    return mimalloc.nmi_zalloc(size);
  }

  @Override
  long makeAligned(long size, long alignment) {
    return mimalloc.nmi_malloc_aligned(size, alignment);
  }

  @Override
  long resize(long block, long oldSize, long size) {
    return mimalloc.nmi_realloc(block, size);
  }

  @Override
  void release(long block) {
    mimalloc.nmi_free(block);
  }

  @Override
  public void close() {
    // The C allocator stays with the process.
  }
}
