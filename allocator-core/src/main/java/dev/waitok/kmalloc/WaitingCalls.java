package dev.waitok.kmalloc;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.slab.Requests;
import dev.waitok.kmalloc.slab.Slabs;
import dev.waitok.kmalloc.vm.AsyncSupply.Submitted;
import dev.waitok.kmalloc.vm.AsyncSupply.Ticket;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The calls whose wait is bounded by a time, ends with an interrupt, or is nobody's. */
final class WaitingCalls {
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
    Calls calls = type.calls();
    Placement placed = calls.placement(size, flags);
    long start = requests.obtain(type.ledger(), placed.shape(), demand, nanos, interruptible);
    long offset = calls.settled(type, placed, start, size, flags);
    calls.given(type, offset, size, 1, flags);
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
    Calls calls = type.calls();
    Placement placed = calls.placement(size, flags);
    Submitted submitted =
        requests.submit(
            type.ledger(),
            placed.shape(),
            MallocFlags.demand(flags),
            start ->
                settle(future, type, size, flags, calls.settled(type, placed, start, size, flags)));
    Ticket ticket = submitted.ticket();
    if (ticket == null) {
      settle(
          future, type, size, flags, calls.settled(type, placed, submitted.result(), size, flags));
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
    type.calls().given(type, code, size, 1, flags);
    if (!future.complete(type.calls().segment(code, size))) {
      type.kfree(code);
    }
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      throw Failures.negativeTimeout(timeout);
    }
    return timeout.compareTo(Kmalloc.FOREVER) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
  }
}
