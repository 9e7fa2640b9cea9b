package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_CACHEALIGN;
import static dev.waitok.kmalloc.MallocFlags.M_POWEROF2;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.slab.Requests;
import dev.waitok.kmalloc.slab.Shape;
import dev.waitok.kmalloc.slab.SizeClasses;
import dev.waitok.kmalloc.slab.Slabs;
import dev.waitok.kmalloc.vm.AsyncSupply.Submitted;
import dev.waitok.kmalloc.vm.AsyncSupply.Ticket;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The calls whose wait is bounded by a time, ends with an interrupt, or is nobody's. */
final class WaitingCalls {
  private static final int CACHE_LINE = 64;

  private final Kmalloc kmalloc;
  private final PageArena arena;
  private final Slabs slabs;
  private final Requests requests;

  WaitingCalls(Kmalloc kmalloc, PageArena arena, Slabs slabs, Requests requests) {
    this.kmalloc = kmalloc;
    this.arena = arena;
    this.slabs = slabs;
    this.requests = requests;
  }

  /** Within a time: an offset or {@link Kmalloc#ZERO_SIZE}. */
  long kmalloc(MallocType type, long size, int flags, Duration timeout) {
    return served(type, size, place(type, size, flags, nanos(timeout), false), timeout);
  }

  /** Until the thread is interrupted, or within a time. */
  long kmallocInterruptibly(MallocType type, long size, int flags, Duration timeout)
      throws InterruptedException {
    long code = place(type, size, flags, nanos(timeout), true);
    if (code == Slabs.INTERRUPTED) {
      boolean _ = Thread.interrupted();
      throw new InterruptedException(
          "interrupted while waiting for " + size + " bytes of type " + type.name());
    }
    return served(type, size, code, timeout);
  }

  private long place(MallocType type, long size, int flags, long nanos, boolean interruptible) {
    MallocFlags.requireWaiting(flags, "kmalloc");
    if (size < 0) {
      throw Failures.negativeSize(size);
    }
    int demand = MallocFlags.demand(flags);
    if (size == 0) {
      return slabs.refusesWait(demand) ? Slabs.CANNOT_BLOCK : Kmalloc.ZERO_SIZE;
    }
    if (size > arena.memory().byteSize()) {
      return Slabs.TOO_LARGE;
    }
    long offset = requests.obtain(type.ledger(), shape(size, flags), demand, nanos, interruptible);
    zero(offset, size, flags);
    type.calls().given(type, offset, size, 1, flags);
    return offset;
  }

  private long served(MallocType type, long size, long code, Duration timeout) {
    if (code >= 0 || code == Kmalloc.ZERO_SIZE) {
      return code;
    }
    throw code == Slabs.TIMED_OUT
        ? Failures.timedOut(type, size, timeout, kmalloc.pages(), kmalloc.pageStatistics())
        : kmalloc.failure(type, size, code, "kmalloc");
  }

  /** A future of the block. */
  CompletableFuture<MemorySegment> kmallocAsync(MallocType type, long size, int flags) {
    MallocFlags.requireWaiting(flags, "kmallocAsync");
    if (size < 0) {
      throw Failures.negativeSize(size);
    }
    if (size == 0) {
      return CompletableFuture.completedFuture(Kmalloc.ZERO_SEGMENT);
    }
    CompletableFuture<MemorySegment> future = new CompletableFuture<>();
    if (size > arena.memory().byteSize()) {
      settle(future, type, size, flags, Slabs.TOO_LARGE);
      return future;
    }
    Submitted submitted =
        requests.submit(
            type.ledger(),
            shape(size, flags),
            MallocFlags.demand(flags),
            offset -> settle(future, type, size, flags, offset));
    Ticket ticket = submitted.ticket();
    if (ticket == null) {
      settle(future, type, size, flags, submitted.result());
    } else {
      CompletableFuture<MemorySegment> _ =
          future.whenComplete(
              (block, failure) -> {
                if (failure != null) {
                  ticket.abandon();
                }
              });
    }
    return future;
  }

  /** Completes a future; a block that nobody wants any more is freed. */
  private void settle(
      CompletableFuture<MemorySegment> future, MallocType type, long size, int flags, long code) {
    if (code < 0) {
      future.completeExceptionally(kmalloc.failure(type, size, code, "kmallocAsync"));
      return;
    }
    zero(code, size, flags);
    type.calls().given(type, code, size, 1, flags);
    if (!future.complete(arena.memory().asSlice(code, size))) {
      type.kfree(code);
    }
  }

  private void zero(long offset, long size, int flags) {
    if ((flags & M_ZERO) != 0 && offset >= 0) {
      arena.memory().asSlice(offset, size).fill((byte) 0);
    }
  }

  private Shape shape(long asked, int flags) {
    long size = asked;
    long align = 1;
    if ((flags & M_POWEROF2) != 0) {
      size = powerOfTwo(size);
      align = size;
    }
    if ((flags & M_CACHEALIGN) != 0) {
      size = size < 512 ? Math.max(CACHE_LINE, powerOfTwo(size)) : size;
      align = Math.max(align, CACHE_LINE);
    }
    if (size <= SizeClasses.LARGEST && align <= Math.min(arena.pageSize(), SizeClasses.LARGEST)) {
      int sizeClass =
          align == 1 ? SizeClasses.of((int) size) : SizeClasses.aligned((int) size, (int) align);
      if (sizeClass >= 0) {
        return Shape.block(sizeClass);
      }
    }
    return Shape.run(slabs.pagesFor(size), (int) Math.max(1, align >>> arena.pageShift()));
  }

  private static long powerOfTwo(long size) {
    return size == 1 ? 1 : Long.highestOneBit(size - 1) << 1;
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      throw Failures.negativeTimeout(timeout);
    }
    return timeout.compareTo(Kmalloc.FOREVER) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
  }
}
