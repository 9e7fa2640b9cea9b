package dev.waitok.kmalloc;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.guard.Damage;
import dev.waitok.kmalloc.guard.Guard;
import dev.waitok.kmalloc.guard.Guarded;
import dev.waitok.kmalloc.guard.Sampler;
import dev.waitok.kmalloc.guard.Site;
import dev.waitok.kmalloc.slab.BlockInfo;
import dev.waitok.kmalloc.slab.Demand;
import dev.waitok.kmalloc.slab.Shape;
import dev.waitok.kmalloc.slab.Slabs;
import java.lang.foreign.MemorySegment;

/**
 * The calls of one hardened type: some or all of its blocks are guarded. What is not goes the way
 * of every type.
 */
final class GuardedCalls extends Calls {
  private final PageArena arena;
  private final Slabs slabs;
  private final Guard guard;
  private final Hardening hardening;
  private final Sampler sampler;
  private final Sampler failing;

  GuardedCalls(
      Kmalloc kmalloc,
      PageArena arena,
      Slabs slabs,
      Guard guard,
      Hardening hardening,
      int samplers) {
    super(kmalloc, arena, slabs);
    this.arena = arena;
    this.slabs = slabs;
    this.guard = guard;
    this.hardening = hardening;
    this.sampler = new Sampler(hardening.oneIn(), samplers);
    this.failing = new Sampler(hardening.failingOneIn(), samplers);
  }

  Hardening hardening() {
    return hardening;
  }

  /** Each call is counted once, so this one has no shorter way. */
  @Override
  long kmalloc(MallocType type, long size) {
    return kmalloc(type, size, MallocFlags.M_WAITOK);
  }

  @Override
  long place(MallocType type, long size, long alignment, int flags) {
    int demand = MallocFlags.demand(flags);
    if (!Demand.waits(demand) && failing.next()) {
      return Slabs.NONE;
    }
    long room = arena.memory().byteSize();
    if (size <= 0 || size > room || alignment > room || !sampler.next()) {
      return super.place(type, size, alignment, flags);
    }
    Placement placed = Placement.guarded(size, alignment, flags, arena.pageShift());
    Shape shape = placed.shape();
    long start =
        shape.isBlock()
            ? slabs.allocate(type.ledger(), shape.sizeClass(), demand)
            : slabs.allocateRun(type.ledger(), shape.pages(), shape.align(), demand);
    return settled(type, placed, start, size, flags);
  }

  @Override
  Placement placement(long size, int flags) {
    return sampler.next()
        ? Placement.guarded(size, 1, flags, arena.pageShift())
        : super.placement(size, flags);
  }

  @Override
  long settled(MallocType type, Placement placed, long start, long size, int flags) {
    Site site = placed.site();
    if (start < 0 || site == null) {
      return super.settled(type, placed, start, size, flags);
    }
    boolean zeroed = (flags & MallocFlags.M_ZERO) != 0;
    try {
      return guard.adopt(type.ledger(), start, placed.left(), size, zeroed, site);
    } catch (IllegalStateException e) {
      throw closedOr(e);
    }
  }

  @Override
  MemorySegment segment(long offset, long size) {
    Guarded block = offset < 0 ? null : guard.findAt(offset);
    return block == null ? super.segment(offset, size) : guard.segment(block);
  }

  /** A segment whose scope has ended is of a block that was freed, whoever has its memory now. */
  @Override
  long offset(MemorySegment block) {
    long offset = super.offset(block);
    if (offset >= 0 && !block.scope().isAlive()) {
      throw kmalloc().isClosed() ? Failures.closed() : stale(offset, block.byteSize());
    }
    return offset;
  }

  private InvalidFreeException stale(long offset, long size) {
    Guarded block = guard.find(offset);
    return Failures.staleSegment(
        offset, size, block == null || block.isLive() ? "" : "; it was " + describe(block));
  }

  @Override
  void free(long offset, MallocType type, String call) {
    if (hardening.zeroing() && offset >= 0) {
      zero(offset, type);
    }
    if (slabs.free(offset, type.ledger()) == Slabs.OK || offset == Kmalloc.ZERO_SIZE) {
      return;
    }
    Guarded block = kmalloc().isClosed() ? null : guard.find(offset);
    if (block == null || block.offset() != offset || block.ledger() != type.ledger()) {
      throw kmalloc().isClosed() ? Failures.closed() : invalid(call, offset, type);
    }
    switch (freed(block)) {
      case DOUBLE -> throw invalid(call, offset, type);
      case IN_USE -> throw Failures.inUse(call, type, describe(block));
      case FREED -> {
        Damage damage = block.damage();
        if (damage != null) {
          throw new DamagedBlockException(call, MemoryDamage.of(damage));
        }
      }
    }
  }

  private Guard.Freed freed(Guarded block) {
    try {
      return guard.free(block, hardening.zeroing(), Site.here());
    } catch (IllegalStateException e) {
      throw closedOr(e);
    }
  }

  /** Guarding touches the memory, which goes when the allocator is closed. */
  private RuntimeException closedOr(IllegalStateException e) {
    return kmalloc().isClosed() ? Failures.closed() : e;
  }

  /** Makes a block zero that is not guarded; what is none is for the free to refuse. */
  private void zero(long offset, MallocType type) {
    BlockInfo info = slabs.inspect(offset);
    if (info.state() == BlockInfo.State.LIVE && info.typeId() == type.ledger().id()) {
      arena.memory().asSlice(offset, info.bytes()).fill((byte) 0);
    }
  }

  @Override
  long usableSize(long offset, MallocType type, String call) {
    Guarded block = offset < 0 ? null : guard.findAt(offset);
    return block != null && block.isLive() && block.ledger() == type.ledger()
        ? block.size()
        : super.usableSize(offset, type, call);
  }

  /** A guarded block always moves, so that a stale use of it is found. */
  @Override
  boolean stays(long offset, long had, long size) {
    return guard.findAt(offset) == null && super.stays(offset, had, size);
  }

  static String describe(Guarded block) {
    StringBuilder text = new StringBuilder(200);
    text.append(block.isLive() ? "a live block" : "a freed block")
        .append(" of type ")
        .append(block.ledger().name())
        .append(", size=")
        .append(block.size())
        .append(", offset=")
        .append(block.offset())
        .append(", allocated at ")
        .append(block.allocated());
    Site freed = block.freed();
    if (freed != null) {
      text.append(", freed at ").append(freed);
    }
    return text.toString();
  }
}
