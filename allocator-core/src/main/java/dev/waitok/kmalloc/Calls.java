package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_CACHEALIGN;
import static dev.waitok.kmalloc.MallocFlags.M_POWEROF2;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.guard.Guarded;
import dev.waitok.kmalloc.slab.BlockInfo;
import dev.waitok.kmalloc.slab.ShortPath;
import dev.waitok.kmalloc.slab.SizeClasses;
import dev.waitok.kmalloc.slab.Slabs;
import java.lang.foreign.MemorySegment;

/**
 * What every form of a call comes down to: check the arguments, find the size class or the number
 * of pages, ask the slabs, and turn their codes into null or an exception. {@link ObservedCalls}
 * are the same with somebody who is told.
 */
sealed class Calls permits GuardedCalls, ObservedCalls {
  private static final int CACHE_LINE = 64;

  private final Kmalloc kmalloc;
  private final PageArena arena;
  private final MemorySegment memory;
  private final long base;
  private final Slabs slabs;

  Calls(Kmalloc kmalloc, PageArena arena, Slabs slabs) {
    this.kmalloc = kmalloc;
    this.arena = arena;
    this.memory = arena.memory();
    this.base = memory.address();
    this.slabs = slabs;
  }

  /**
   * As {@link #kmalloc} with {@code M_WAITOK}: the usual sizes, where a block is there, at once.
   */
  long kmalloc(MallocType type, long size) {
    long offset = ShortPath.take(type.ledger(), type.typeId(), size);
    return offset >= 0 ? offset : kmallocByCaller(type, size);
  }

  private long kmallocByCaller(MallocType type, long size) {
    if (size > 0 && size <= SizeClasses.LARGEST) {
      long offset = slabs.takeAtOnce(type.ledger(), SizeClasses.of((int) size));
      if (offset >= 0) {
        return offset;
      }
    }
    return kmalloc(type, size, M_WAITOK);
  }

  /** The kmalloc family: an offset or {@link Kmalloc#ZERO_SIZE}, never {@link Kmalloc#NULL}. */
  long kmalloc(MallocType type, long size, int flags) {
    MallocFlags.requireWaiting(flags, "kmalloc");
    long offset = place(type, size, 1, flags);
    return offset >= 0 ? offset : orThrow(type, size, offset);
  }

  long kmallocAligned(MallocType type, long size, long alignment, int flags) {
    MallocFlags.requireWaiting(flags, "kmalloc");
    long offset = place(type, size, requireAlignment(alignment), flags);
    return offset >= 0 ? offset : orThrow(type, size, offset);
  }

  /** The tryKmalloc family: an offset, {@link Kmalloc#ZERO_SIZE}, or {@link Kmalloc#NULL}. */
  long tryKmalloc(MallocType type, long size, int flags) {
    MallocFlags.requireTrying(flags, "tryKmalloc");
    long offset = place(type, size, 1, flags);
    return offset >= 0 ? offset : orNull(type, size, offset);
  }

  long tryKmallocAligned(MallocType type, long size, long alignment, int flags) {
    MallocFlags.requireTrying(flags, "tryKmalloc");
    long offset = place(type, size, requireAlignment(alignment), flags);
    return offset >= 0 ? offset : orNull(type, size, offset);
  }

  private static long requireAlignment(long alignment) {
    if (Long.bitCount(alignment) != 1 || alignment < 0) {
      throw Failures.illegalAlignment(alignment);
    }
    return alignment;
  }

  /** Where a request is served, or why not. */
  long place(MallocType type, long size, long alignment, int flags) {
    long offset =
        size > 0 && size <= SizeClasses.LARGEST && alignment == 1 && !MallocFlags.rounds(flags)
            ? slabs.allocate(type.ledger(), SizeClasses.of((int) size), MallocFlags.demand(flags))
            : placeOdd(type, size, alignment, flags);
    if ((flags & M_ZERO) != 0 && offset >= 0) {
      memory.asSlice(offset, size).fill((byte) 0);
    }
    return offset;
  }

  /** How a request is placed whose wait is bounded. */
  Placement placement(long size, int flags) {
    return Placement.plain(size, 1, flags, arena.pageShift());
  }

  /** Makes what was placed the caller's; codes pass. */
  long settled(MallocType type, Placement placed, long start, long size, int flags) {
    if ((flags & M_ZERO) != 0 && start >= 0) {
      memory.asSlice(start, size).fill((byte) 0);
    }
    return start;
  }

  /** Zero, rounded, aligned and large requests. */
  private long placeOdd(MallocType type, long asked, long alignment, int flags) {
    if (asked < 0) {
      throw Failures.negativeSize(asked);
    }
    if (asked == 0) {
      return slabs.refusesWait(MallocFlags.demand(flags)) ? Slabs.CANNOT_BLOCK : Kmalloc.ZERO_SIZE;
    }
    if (asked > memory.byteSize() || alignment > memory.byteSize()) {
      return Slabs.TOO_LARGE;
    }
    long size = asked;
    long align = alignment;
    if ((flags & M_POWEROF2) != 0) {
      size = powerOfTwo(size);
      align = Math.max(align, size);
    }
    if ((flags & M_CACHEALIGN) != 0) {
      size = size < 512 ? Math.max(CACHE_LINE, powerOfTwo(size)) : size;
      align = Math.max(align, CACHE_LINE);
    }
    int demand = MallocFlags.demand(flags);
    if (size <= SizeClasses.LARGEST) {
      int sizeClass = alignedClass((int) size, align);
      if (sizeClass >= 0) {
        return slabs.allocate(type.ledger(), sizeClass, demand);
      }
    }
    int alignPages = (int) Math.max(1, align >>> arena.pageShift());
    return slabs.allocateRun(type.ledger(), slabs.pagesFor(size), alignPages, demand);
  }

  /** The class whose every block is aligned, since zones begin at a page; or -1. */
  private int alignedClass(int size, long align) {
    return align <= Math.min(arena.pageSize(), SizeClasses.LARGEST)
        ? SizeClasses.aligned(size, (int) align)
        : -1;
  }

  private static long powerOfTwo(long size) {
    return size == 1 ? 1 : Long.highestOneBit(size - 1) << 1;
  }

  private long orThrow(MallocType type, long size, long code) {
    if (code == Kmalloc.ZERO_SIZE) {
      return code;
    }
    throw failure(type, size, code, "kmalloc");
  }

  private long orNull(MallocType type, long size, long code) {
    if (code == Kmalloc.ZERO_SIZE) {
      return code;
    }
    if (code == Slabs.LIMIT) {
      kmalloc.flightEvents().limitReached(type.name(), size);
      return Kmalloc.NULL;
    }
    if (code == Slabs.NONE) {
      return Kmalloc.NULL;
    }
    throw failure(type, size, code, "tryKmalloc with M_NULLOK");
  }

  Kmalloc kmalloc() {
    return kmalloc;
  }

  /** A block was given out by a call that is not one of these. */
  void given(MallocType type, long offset, long size, long alignment, int flags) {}

  PageArena arena() {
    return arena;
  }

  /** The calls whose wait is bounded or nobody's. */
  WaitingCalls waiting() {
    return kmalloc.waitingCalls();
  }

  RuntimeException failure(MallocType type, long size, long code, String call) {
    if (code == Slabs.LIMIT) {
      kmalloc.flightEvents().limitReached(type.name(), size);
      return Failures.limitReached(type, size);
    }
    if (code == Slabs.CLOSED) {
      return Failures.closed();
    }
    if (code == Slabs.CANNOT_BLOCK) {
      return Failures.cannotBlock(call, kmalloc.whyNotBlock());
    }
    if (code == Slabs.PINNED) {
      return Failures.pinned(call + " of " + size + " bytes of type " + type.name());
    }
    if (code == Slabs.STALLED) {
      return Failures.stalled(type, size, kmalloc.report());
    }
    if (code == Slabs.TOO_LARGE) {
      return Failures.tooLarge(
          size,
          (size + arena.pageSize() - 1) >>> arena.pageShift(),
          arena.pages(),
          arena.pageSize(),
          kmalloc.thresholds());
    }
    return new IllegalStateException("unexpected code " + code + " for size=" + size);
  }

  /** The segment of a block, bounded to the size asked for; or of {@link Kmalloc#ZERO_SIZE}. */
  MemorySegment segment(long offset, long size) {
    return offset >= 0 ? memory.asSlice(offset, size) : Kmalloc.ZERO_SEGMENT;
  }

  /** The offset of a segment's first byte, or {@link Kmalloc#ZERO_SIZE}. */
  long offset(MemorySegment block) {
    if (!block.isNative()) {
      return -1;
    }
    long address = block.address();
    return address == Kmalloc.ZERO_SIZE ? Kmalloc.ZERO_SIZE : address - base;
  }

  void free(long offset, MallocType type, String call) {
    if (!ShortPath.free(type.ledger(), type.typeId(), offset)) {
      freeByCaller(offset, type, call);
    }
  }

  private void freeByCaller(long offset, MallocType type, String call) {
    if (!slabs.takeBack(offset, type.ledger())
        && slabs.free(offset, type.ledger()) != Slabs.OK
        && offset != Kmalloc.ZERO_SIZE) {
      throw kmalloc.isClosed() ? Failures.closed() : invalid(call, offset, type);
    }
  }

  /** Moves a block to another size; the old one stays if that fails. */
  long resize(long offset, long size, MallocType type, int flags, boolean waiting) {
    String call = waiting ? "krealloc" : "tryKrealloc";
    MallocFlags.requireNoModifiers(flags, call);
    if (waiting) {
      MallocFlags.requireWaiting(flags, call);
    } else {
      MallocFlags.requireTrying(flags, call);
    }
    if (size < 0) {
      throw Failures.negativeSize(size);
    }
    if (slabs.refusesWait(MallocFlags.demand(flags))) {
      throw Failures.cannotBlock(call, kmalloc.whyNotBlock());
    }
    long had = 0;
    if (offset != Kmalloc.ZERO_SIZE) {
      had = usableSize(offset, type, call);
      if (size == 0) {
        free(offset, type, call);
        return Kmalloc.ZERO_SIZE;
      }
      if (stays(offset, had, size)) {
        return offset;
      }
    }
    long moved = waiting ? kmalloc(type, size, flags) : tryKmalloc(type, size, flags);
    if (moved >= 0 && offset != Kmalloc.ZERO_SIZE) {
      MemorySegment.copy(memory, offset, memory, moved, Math.min(had, size));
      free(offset, type, call);
    }
    return moved;
  }

  /** Whether a block of so many bytes serves another size where it is. */
  boolean stays(long offset, long had, long size) {
    return roundedSize(size) == had;
  }

  private long roundedSize(long size) {
    return size <= SizeClasses.LARGEST
        ? SizeClasses.size(SizeClasses.of((int) size))
        : size > memory.byteSize() ? size : (long) slabs.pagesFor(size) << arena.pageShift();
  }

  long usableSize(long offset, MallocType type, String call) {
    BlockInfo info = slabs.inspect(offset);
    if (info.state() != BlockInfo.State.LIVE || info.typeId() != type.ledger().id()) {
      throw invalid(call, offset, type);
    }
    return info.bytes();
  }

  InvalidFreeException invalid(String call, long offset, MallocType type) {
    Guarded guarded = kmalloc.guarded(offset);
    if (guarded != null) {
      return Failures.invalidFree(call, type, offset, base + offset, guarded);
    }
    BlockInfo info = slabs.inspect(offset);
    String rest =
        switch (info.state()) {
          case NO_BLOCK -> slabs.describePage(offset);
          case LIVE, FREE -> kmalloc.typeName(info.typeId());
          default -> "";
        };
    return Failures.invalidFree(call, type, offset, base + offset, info, rest);
  }
}
