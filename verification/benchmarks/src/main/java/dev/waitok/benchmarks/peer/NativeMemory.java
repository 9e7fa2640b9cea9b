package dev.waitok.benchmarks.peer;

import java.lang.foreign.MemorySegment;

/** All of the process's memory, for those whose handle is an address. */
final class NativeMemory {
  static final MemorySegment ALL = everything();

  private NativeMemory() {}

  @SuppressWarnings("restricted") // the addresses come from the allocators themselves
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }
}
