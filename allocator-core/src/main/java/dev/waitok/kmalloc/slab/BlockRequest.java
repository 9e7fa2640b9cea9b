package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.slab.ZoneOwner.Gathered;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.Outcome;
import dev.waitok.kmalloc.vm.PageRequest;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A request for a block that the fast path did not serve. An attempt takes in remote frees and
 * looks at the zones again; then it makes a new zone: of the preferred size, of the smallest that
 * holds a block, of pages that idle zones give up, and last of reclaimed ones. A plain thread looks
 * at every stripe before it gives up.
 */
final class BlockRequest extends PageRequest {
  private final Slabs slabs;
  private final Owners owners;
  private final TypeLedger ledger;
  private final int sizeClass;
  private final @Nullable ZoneOwner cpu;
  private boolean waited;

  BlockRequest(Slabs slabs, TypeLedger ledger, int sizeClass, int demand, @Nullable ZoneOwner cpu) {
    super(
        slabs.layout().fewest(sizeClass),
        1,
        Demand.level(demand),
        Demand.waits(demand),
        sizeClass,
        cpu == null ? ZoneOwner.STRIPES : cpu.slot);
    this.slabs = slabs;
    this.owners = slabs.owners();
    this.ledger = ledger;
    this.sizeClass = sizeClass;
    this.cpu = cpu;
  }

  /**
   * Whether a request of these would be the same; only the no-wait family's leave no trace in it.
   */
  @SuppressWarnings("ReferenceEquality") // a ledger and an owner are themselves
  boolean isLike(TypeLedger other, int otherClass, int demand, @Nullable ZoneOwner otherCpu) {
    return ledger == other
        && sizeClass == otherClass
        && cpu == otherCpu
        && isHeldTo(Demand.level(demand));
  }

  @Override
  protected long attempt(Caller caller) {
    int mayUse = slabs.supply().queues().mayUse(this);
    ZoneOwner owner = enter(caller);
    long offset;
    Gathered gathered;
    long bytesOfClass;
    try {
      gathered = owner.drain(false, sizeClass);
      offset = take(owner, mayUse);
      bytesOfClass = owner.bytesOfClass(sizeClass);
    } finally {
      leave(owner, caller);
    }
    owners.settle(gathered, owner);
    if (offset < 0) {
      offset = inNewZone(caller, bytesOfClass, mayUse);
    }
    return offset;
  }

  private long take(ZoneOwner owner, int mayUse) {
    long offset = owner.takeCharged(ledger, sizeClass);
    return offset < 0 && mayUse != 0 ? owner.takeApart(ledger, sizeClass, mayUse) : offset;
  }

  private long inNewZone(Caller caller, long bytesOfClass, int mayUse) {
    int preferred = slabs.layout().preferred(sizeClass, bytesOfClass);
    int pages = preferred;
    int page = inIdleZone(caller, preferred);
    if (page < 0) {
      page = slabs.supply().takeFree(this, preferred);
    }
    if (page < 0) {
      pages = slabs.layout().fewest(sizeClass);
      page = pages < preferred ? slabs.supply().takeFree(this, pages) : -1;
    }
    if (page < 0) {
      long offset = amongReady(caller, mayUse);
      if (offset >= 0) {
        return offset;
      }
    }
    if (page < 0 && cpu == null) {
      long offset = inOtherStripe(mayUse);
      if (offset >= 0) {
        return offset;
      }
    }
    if (page < 0 && slabs.giveUpIdle(cpu, caller)) {
      page = slabs.supply().takeFree(this, pages);
    }
    if (page < 0) {
      page = slabs.supply().take(this, caller);
    }
    return page < 0 ? NONE : takeFirst(caller, page, pages);
  }

  /**
   * The pages of an idle zone of the caller's own that has so many. Idle zones of other lengths are
   * given up until as much is FREE, so that what is retained does not grow while pages idle.
   */
  private int inIdleZone(Caller caller, int pages) {
    for (int given = 0; given < pages; ) {
      ZoneOwner owner = enter(caller);
      Zone idle;
      Gathered runs;
      try {
        idle = owner.takeIdle(pages);
        runs = owner.giveUpRuns(idle == null ? pages : 0);
      } finally {
        leave(owner, caller);
      }
      if (idle == null) {
        boolean _ = owners.settle(runs, owner);
        return -1;
      }
      if (idle.pages == pages) {
        owners.forgetPages(idle);
        servedFrom(Outcome.BLOCK);
        return idle.firstPage;
      }
      owners.release(idle);
      given += idle.pages;
    }
    return -1;
  }

  /** A block that the caller's owner keeps ready for another type. */
  private long amongReady(Caller caller, int mayUse) {
    ZoneOwner owner = enter(caller);
    Gathered gathered;
    long offset;
    try {
      gathered = owner.callInReady(sizeClass);
      offset = take(owner, mayUse);
    } finally {
      leave(owner, caller);
    }
    owners.settle(gathered, owner);
    return offset;
  }

  private long inOtherStripe(int mayUse) {
    for (ZoneOwner s = owners.nextStripe(null); s != null; s = owners.nextStripe(s)) {
      Gathered gathered;
      long offset;
      s.enterSpinning();
      try {
        gathered = s.drain(true, sizeClass);
        offset = take(s, mayUse);
      } finally {
        s.leave();
      }
      owners.settle(gathered, s);
      if (offset >= 0) {
        return offset;
      }
    }
    return NONE;
  }

  private long takeFirst(Caller caller, int page, int pages) {
    Zone zone = newZone(page, pages);
    VarHandle.fullFence(); // before the window is looked at: Clearing looks the other way round
    ZoneOwner owner = enter(caller);
    long offset;
    Gathered gathered;
    try {
      offset = owner.adopt(zone, ledger);
      gathered = owner.closeReadyIfTooMany();
    } finally {
      leave(owner, caller);
    }
    owners.settle(gathered, owner);
    return offset;
  }

  private Zone newZone(int page, int pages) {
    try {
      return owners.newZone(sizeClass, page, pages, slabs.pageShift());
    } catch (OutOfMemoryError e) {
      slabs.supply().queues().release(page, pages);
      throw e;
    }
  }

  private ZoneOwner enter(Caller caller) {
    if (cpu == null) {
      return owners.lockStripe();
    }
    caller.enterCritical();
    return cpu;
  }

  private void leave(ZoneOwner owner, Caller caller) {
    if (cpu == null) {
      owner.leave();
    } else {
      caller.leaveCritical();
    }
  }

  @Override
  protected void decided(Outcome outcome, boolean preempting) {
    waited = slabs.note(ledger, SizeClasses.size(sizeClass), this, preempting, outcome, waited);
  }

  @Override
  protected String describe() {
    return SizeClasses.size(sizeClass) + " bytes of type " + ledger.name();
  }

  @Override
  protected void callIn() {
    owners.callIn();
  }
}
