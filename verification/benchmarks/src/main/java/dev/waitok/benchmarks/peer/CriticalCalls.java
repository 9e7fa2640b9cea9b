package dev.waitok.benchmarks.peer;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The five calls of a C allocator through the foreign function API, each {@code critical}: no
 * transition of the thread's state, the fastest way from Java into C. The handles are static so
 * that the JIT sees constants; a process uses one C allocator, named by {@link #use} before
 * anything else.
 */
final class CriticalCalls extends Addresses {
  private static volatile CFunctions chosen = CFunctions.GLIBC;

  CriticalCalls(CFunctions functions, int slots) {
    super(NativeMemory.ALL, slots);
    use(functions);
  }

  private static void use(CFunctions functions) {
    chosen = functions;
    if (Handles.OF != functions) {
      throw new IllegalStateException("this process already calls " + Handles.OF);
    }
  }

  @Override
  long make(long size) {
    try {
      return (long) Handles.MALLOC.invokeExact(size);
    } catch (Throwable e) {
      throw new LinkageError("malloc", e);
    }
  }

  @Override
  long makeZeroed(long size) {
    try {
      return (long) Handles.CALLOC.invokeExact(1L, size);
    } catch (Throwable e) {
      throw new LinkageError("calloc", e);
    }
  }

  @Override
  long makeAligned(long size, long alignment) {
    try {
      long whole = (size + alignment - 1) & -alignment;
      return (long) Handles.ALIGNED.invokeExact(alignment, whole);
    } catch (Throwable e) {
      throw new LinkageError("aligned_alloc", e);
    }
  }

  @Override
  long resize(long block, long oldSize, long size) {
    try {
      return (long) Handles.REALLOC.invokeExact(block, size);
    } catch (Throwable e) {
      throw new LinkageError("realloc", e);
    }
  }

  @Override
  void release(long block) {
    try {
      Handles.FREE.invokeExact(block);
    } catch (Throwable e) {
      throw new LinkageError("free", e);
    }
  }

  @Override
  public void close() {
    // The C allocator stays with the process.
  }

  private static final class Handles {
    static final CFunctions OF = chosen;
    static final MethodHandle MALLOC =
        handle(OF.malloc(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    static final MethodHandle CALLOC =
        handle(OF.calloc(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle ALIGNED =
        handle(OF.alignedAlloc(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle REALLOC =
        handle(OF.realloc(), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle FREE = handle(OF.free(), FunctionDescriptor.ofVoid(JAVA_LONG));

    @SuppressWarnings("restricted") // calls into C are what is measured
    private static MethodHandle handle(long function, FunctionDescriptor descriptor) {
      return Linker.nativeLinker()
          .downcallHandle(
              MemorySegment.ofAddress(function), descriptor, Linker.Option.critical(false));
    }
  }
}
