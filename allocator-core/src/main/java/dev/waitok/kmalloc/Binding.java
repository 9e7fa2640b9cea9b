package dev.waitok.kmalloc;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.slab.Owners;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.SchedulerPort;
import java.util.function.BooleanSupplier;

/** The one scheduler that an allocator may have at a time. */
final class Binding implements SchedulerPort {
  private final Callers callers;
  private final Owners owners;
  private final Types types;
  private final BooleanSupplier closed;
  private long bindings;

  Binding(Callers callers, Owners owners, Types types, BooleanSupplier closed) {
    this.callers = callers;
    this.owners = owners;
    this.types = types;
    this.closed = closed;
  }

  @Override
  public synchronized Lease attach(ExecutionContext scheduler, int cpus) {
    if (closed.getAsBoolean()) {
      throw Failures.closed();
    }
    if (callers.scheduler() != null) {
      throw new IllegalStateException("the allocator has a scheduler already");
    }
    if (cpus < 1) {
      throw new IllegalArgumentException("a scheduler has a cpu at least: cpus=" + cpus);
    }
    owners.attach(scheduler, cpus);
    types.extend(owners.slots(), owners.firstCpuSlot());
    callers.bind(scheduler);
    long mine = ++bindings;
    return () -> detach(mine);
  }

  private synchronized void detach(long binding) {
    if (binding == bindings && callers.scheduler() != null) {
      callers.bind(null);
      if (!closed.getAsBoolean()) {
        owners.detach();
        types.retire(owners.firstCpuSlot());
      }
    }
  }
}
