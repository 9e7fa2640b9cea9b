package dev.waitok.kmalloc.arena;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The few system calls the library makes, through the foreign function API. Where the system has no
 * such function, or native access is denied, each says so by its result and the caller has another
 * way.
 */
@SuppressWarnings("restricted")
public final class Libc {
  private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int PROT_NONE = 0;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;

  private static final FunctionDescriptor RANGE_CALL =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
  private static final @Nullable MethodHandle MMAP =
      LINUX
          ? find(
              "mmap",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG))
          : null;
  private static final @Nullable MethodHandle MUNMAP =
      LINUX
          ? find(
              "munmap",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
          : null;
  private static final @Nullable MethodHandle MADVISE = LINUX ? find("madvise", RANGE_CALL) : null;
  private static final @Nullable MethodHandle MPROTECT =
      LINUX ? find("mprotect", RANGE_CALL) : null;
  private static final @Nullable MethodHandle GETPAGESIZE =
      LINUX ? find("getpagesize", FunctionDescriptor.of(ValueLayout.JAVA_INT)) : null;
  private static final @Nullable MethodHandle SCHED_GETCPU =
      LINUX
          ? find(
              "sched_getcpu",
              FunctionDescriptor.of(ValueLayout.JAVA_INT),
              Linker.Option.critical(false))
          : null;
  private static final @Nullable MethodHandle SCHED_YIELD =
      LINUX ? find("sched_yield", FunctionDescriptor.of(ValueLayout.JAVA_INT)) : null;

  private Libc() {}

  /** Whether address space can be reserved and given back with {@link #map} and {@link #unmap}. */
  public static boolean canMap() {
    return MMAP != null && MUNMAP != null;
  }

  /**
   * Reserves zeroed memory that the system commits page by page as it is touched.
   *
   * @return the address, or -1 if the system refuses
   */
  static long map(long bytes) {
    try {
      return MMAP == null
          ? -1
          : (long)
              MMAP.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
    } catch (Throwable e) {
      throw unexpected("mmap", e);
    }
  }

  /** Gives mapped memory back. */
  static void unmap(long address, long bytes) {
    if (MUNMAP == null) {
      throw new IllegalStateException("munmap is not available, address=" + address);
    }
    int result;
    try {
      result = (int) MUNMAP.invokeExact(address, bytes);
    } catch (Throwable e) {
      throw unexpected("munmap", e);
    }
    if (result != 0) {
      throw new IllegalStateException("munmap failed: address=" + address + ", bytes=" + bytes);
    }
  }

  /** Whether {@link #giveBack} works for ranges of so many bytes and their multiples. */
  static boolean canGiveBack(long granule) {
    return MADVISE != null && systemPageSize() <= granule;
  }

  /** The size of the system's own pages in bytes, or {@link Long#MAX_VALUE} if it cannot tell. */
  static long systemPageSize() {
    try {
      return GETPAGESIZE == null ? Long.MAX_VALUE : (int) GETPAGESIZE.invokeExact();
    } catch (Throwable e) {
      throw unexpected("getpagesize", e);
    }
  }

  /** Gives the memory behind mapped pages back at once; they read as zero from then on. */
  static void giveBack(long address, long bytes) {
    int result = onRange(MADVISE, "madvise", address, bytes, MADV_DONTNEED);
    if (result != 0) {
      throw new IllegalStateException("madvise failed: address=" + address + ", bytes=" + bytes);
    }
  }

  /** Says whether the system may put huge pages behind mapped memory; it may not know of them. */
  static void adviseHugePages(long address, long bytes, boolean huge) {
    int unusedMayBeUnsupported =
        onRange(MADVISE, "madvise", address, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }

  /** Makes mapped pages inaccessible to everyone; left as they are if the system refuses. */
  static void guard(long address, long bytes) {
    int unusedIsOnlyAGuard = onRange(MPROTECT, "mprotect", address, bytes, PROT_NONE);
  }

  private static int onRange(
      @Nullable MethodHandle function, String name, long address, long bytes, int argument) {
    try {
      return function == null ? -1 : (int) function.invokeExact(address, bytes, argument);
    } catch (Throwable e) {
      throw unexpected(name, e);
    }
  }

  /**
   * The number of the processor the calling thread runs on, which may change right after.
   *
   * @return the number, or -1 where the system cannot tell
   */
  public static int currentProcessor() {
    try {
      return SCHED_GETCPU == null ? -1 : (int) SCHED_GETCPU.invokeExact();
    } catch (Throwable e) {
      throw unexpected("sched_getcpu", e);
    }
  }

  /** Lets another runnable kernel thread have the processor; never unmounts a virtual thread. */
  public static void yieldProcessor() {
    try {
      if (SCHED_YIELD == null) {
        Thread.onSpinWait();
      } else {
        int unusedAlwaysZero = (int) SCHED_YIELD.invokeExact();
      }
    } catch (Throwable e) {
      throw unexpected("sched_yield", e);
    }
  }

  private static @Nullable MethodHandle find(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> symbol = linker.defaultLookup().find(name);
    try {
      return symbol.map(s -> linker.downcallHandle(s, descriptor, options)).orElse(null);
    } catch (IllegalCallerException e) {
      // Native access is denied to this module: every caller has another way.
      return null;
    }
  }

  private static IllegalStateException unexpected(String function, Throwable e) {
    return new IllegalStateException(function + " could not be called", e);
  }
}
