package dev.waitok.benchmarks.peer;

import java.lang.foreign.Linker;
import org.lwjgl.system.jemalloc.JEmalloc;
import org.lwjgl.system.mimalloc.mimalloc;

/** The C allocators that {@link CriticalCalls} can call, and where their functions are. */
enum CFunctions {
  GLIBC,
  MIMALLOC,
  JEMALLOC;

  long malloc() {
    return switch (this) {
      case GLIBC -> libc("malloc");
      case MIMALLOC -> mimalloc.Functions.malloc;
      case JEMALLOC -> JEmalloc.Functions.malloc;
    };
  }

  long calloc() {
    return switch (this) {
      case GLIBC -> libc("calloc");
      case MIMALLOC -> mimalloc.Functions.calloc;
      case JEMALLOC -> JEmalloc.Functions.calloc;
    };
  }

  long alignedAlloc() {
    return switch (this) {
      case GLIBC -> libc("aligned_alloc");
      case MIMALLOC -> mimalloc.Functions.aligned_alloc;
      case JEMALLOC -> JEmalloc.Functions.aligned_alloc;
    };
  }

  long realloc() {
    return switch (this) {
      case GLIBC -> libc("realloc");
      case MIMALLOC -> mimalloc.Functions.realloc;
      case JEMALLOC -> JEmalloc.Functions.realloc;
    };
  }

  long free() {
    return switch (this) {
      case GLIBC -> libc("free");
      case MIMALLOC -> mimalloc.Functions.free;
      case JEMALLOC -> JEmalloc.Functions.free;
    };
  }

  private static long libc(String name) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(name).address();
  }
}
