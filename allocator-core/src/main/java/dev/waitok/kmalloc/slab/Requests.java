package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.AsyncSupply;
import dev.waitok.kmalloc.vm.AsyncSupply.Submitted;
import dev.waitok.kmalloc.vm.PageRequest;
import dev.waitok.kmalloc.vm.PageSupply;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Blocks and runs for callers who bound their wait, or who do not wait themselves. Each call makes
 * a request at once, without the fast path of {@link Slabs}; what it may take is the same.
 */
public final class Requests {
  private final Slabs slabs;
  private final PageSupply supply;
  private final Callers callers;
  private final AsyncSupply async;

  /** Requests on top of the slabs. */
  public Requests(Slabs slabs, Callers callers, AsyncSupply async) {
    this.slabs = slabs;
    this.supply = slabs.supply();
    this.callers = callers;
    this.async = async;
  }

  /**
   * A block or a run within a time.
   *
   * @param nanos how long to wait at most; {@link Long#MAX_VALUE} for no bound
   * @param interruptible whether an interrupt of the thread ends the wait
   * @return its offset in the arena, or a code of {@link Slabs}
   */
  public long obtain(
      TypeLedger ledger, Shape shape, int demand, long nanos, boolean interruptible) {
    Caller scheduled = callers.scheduled();
    if (slabs.refusesWait(demand)) {
      return Slabs.CANNOT_BLOCK;
    }
    ZoneOwner cpu = scheduled == null ? null : slabs.owners().of(scheduled);
    PageRequest request = request(ledger, shape, demand, cpu);
    if (!supply.couldServe(request, scheduled != null && scheduled.preempting())) {
      return Slabs.TOO_LARGE;
    }
    long bytes = bytes(shape);
    if (!slabs.charge(ledger, bytes, scheduled, cpu)) {
      ledger.countFailure();
      return Slabs.LIMIT;
    }
    supply.bound(request, nanos, interruptible);
    long result = Slabs.NONE;
    try {
      result = supply.obtain(request);
    } finally {
      if (result < 0) {
        slabs.refund(ledger, bytes, scheduled, cpu);
      }
      passWakeUpOn(shape, cpu);
    }
    return finish(ledger, shape, result);
  }

  /**
   * A block or a run now or later. From any thread in any section; never blocks.
   *
   * @param done told the offset or a code, if it is not returned, on a service thread
   * @return an offset or a code; or {@link Slabs#NONE} and a ticket
   */
  public Submitted submit(TypeLedger ledger, Shape shape, int demand, LongConsumer done) {
    PageRequest request = request(ledger, shape, demand, null);
    if (!supply.couldServe(request, false)) {
      return new Submitted(Slabs.TOO_LARGE, null);
    }
    long bytes = bytes(shape);
    if (!slabs.charge(ledger, bytes, null, null)) {
      ledger.countFailure();
      return new Submitted(Slabs.LIMIT, null);
    }
    LongConsumer settle = result -> done.accept(settle(ledger, shape, bytes, result));
    boolean submitted = false;
    try {
      Submitted outcome = async.submit(request, settle);
      submitted = true;
      return outcome.ticket() != null
          ? outcome
          : new Submitted(settle(ledger, shape, bytes, outcome.result()), null);
    } finally {
      if (!submitted) {
        slabs.refund(ledger, bytes, null, null);
      }
    }
  }

  private long settle(TypeLedger ledger, Shape shape, long bytes, long result) {
    if (result < 0) {
      slabs.refund(ledger, bytes, null, null);
    }
    passWakeUpOn(shape, null);
    return finish(ledger, shape, result);
  }

  private long finish(TypeLedger ledger, Shape shape, long result) {
    if (result < 0) {
      ledger.countFailure();
      return result;
    }
    return shape.isBlock() ? result : slabs.recordRun(ledger, (int) result, shape.pages());
  }

  /** It may have been woken for a block and served by pages, or have given up. */
  private void passWakeUpOn(Shape shape, @Nullable ZoneOwner cpu) {
    if (shape.isBlock() && supply.queues().anyWaiting()) {
      supply.queues().passWakeUpOn(shape.sizeClass(), cpu == null ? ZoneOwner.STRIPES : cpu.slot);
    }
  }

  private PageRequest request(TypeLedger ledger, Shape shape, int demand, @Nullable ZoneOwner cpu) {
    return shape.isBlock()
        ? new BlockRequest(slabs, ledger, shape.sizeClass(), demand, cpu)
        : new RunRequest(slabs, ledger, shape.pages(), shape.align(), demand, cpu);
  }

  private long bytes(Shape shape) {
    return shape.isBlock()
        ? SizeClasses.size(shape.sizeClass())
        : (long) shape.pages() << slabs.pageShift();
  }
}
