package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.slab.BlockInfo.State;
import dev.waitok.kmalloc.slab.ZoneOwner.Gathered;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.Schedulers;
import dev.waitok.kmalloc.vm.Outcome;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.PageRequest;
import dev.waitok.kmalloc.vm.PageSupply;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Blocks of all sizes for all callers: the way from a call to a block and back. */
public final class Slabs {
  /*
   * 1 Problem. Most calls must end after a few plain instructions, although any thread may free any
   *   block, and whoever waits must be told of every block that would serve it.
   *
   * 2 Vocabulary. An *owner* is a scheduler's cpu or a stripe of the plain threads. A *remote free* is
   *   one by somebody who is not in the zone's owner's section.
   *
   * 3 Life of an allocation. Find the owner: the caller's cpu; or a stripe, under its lock, the
   *   thread's first or the next one that is not busy. Take the block that is ready for the type
   *   (Account), or a block of the first zone of the class that has one. For a cpu's thread that
   *   may wait all this is ShortPath, before anything here is called. Else, past the fast path:
   *   charge the type, then a BlockRequest, attempt after attempt (PageSupply).
   *
   * 4 Life of a free. The ready block that its type was handed last at this owner is known by its offset
   *   (Account). Else the page finds the zone, the zone finds the block; three checks. The zone's owner
   *   makes it its type's ready block, or puts it back; a stripe's zone is freed under that
   *   stripe's lock by whoever gets it at the first try. Everybody else sets the block's remote bit
   *   and, at the first one since the last drain, queues the zone with its owner; after any other he
   *   shuts the owner's short path, since who queues it may not have done so yet.
   *
   * 5 Ownership and memory order. Zone, ZoneOwner and Owners say what belongs to whom. What happens
   *   before a free happens before the next owner's use: by the cpu's own order, by the stripe's
   *   lock, or by the atomic OR and the drain's atomic exchange.
   *
   * 6 Invariants: Owners.checkInvariants and PageQueues.checkInvariants.
   *
   * 7 Costs. Fast path: no atomics for a cpu, one compare-and-set for a stripe.
   *
   * 8 References. J. Bonwick, "The Slab Allocator" (1994); DragonFly BSD's kern_slaballoc (per-cpu zones,
   *   remote lists with one signal).
   */

  /** Nothing to be had without waiting. */
  public static final long NONE = PageRequest.NONE;

  /** The type's limit does not allow it. */
  public static final long LIMIT = -2;

  /** The allocator is closed. */
  public static final long CLOSED = PageRequest.CLOSED;

  /** The caller preempts, is pinned, and could not switch away for too long. */
  public static final long PINNED = PageSupply.PINNED;

  /** The caller may not block and asked for memory with wait. */
  public static final long CANNOT_BLOCK = -5;

  /** More pages than the arena has above the caller's floor: no wait could end. */
  public static final long TOO_LARGE = -6;

  /** The time was over before there was memory. */
  public static final long TIMED_OUT = PageRequest.TIMED_OUT;

  /** It waited when nothing was freed for long, and was chosen to give up. */
  public static final long STALLED = PageRequest.STALLED;

  /** The thread was interrupted before there was memory. */
  public static final long INTERRUPTED = PageRequest.INTERRUPTED;

  /** A free that was right. */
  public static final int OK = 0;

  /** A free of what is no live block, or of another type's; {@link #inspect} says which. */
  public static final int REFUSED = -1;

  private final PageArena arena;
  private final PageQueues queues;
  private final PageSupply supply;
  private final Callers callers;
  private final Owners owners;
  private final @Nullable Zone[] zoneOf;
  private final int pageShift;
  private final ZoneLayout layout;
  private final LargeRuns large;

  /** Nobody's at the moment: who takes it out has it alone. */
  private final AtomicReference<@Nullable BlockRequest> refusedLast = new AtomicReference<>();

  private volatile @Nullable AttemptListener listener;
  private volatile @Nullable BooleanSupplier spare;
  private boolean closed;

  /** Slabs over a supply of pages. */
  public Slabs(PageArena arena, PageSupply supply, Callers callers, Owners owners) {
    this.arena = arena;
    this.supply = supply;
    this.queues = supply.queues();
    this.callers = callers;
    this.owners = owners;
    this.zoneOf = owners.zones();
    this.pageShift = arena.pageShift();
    this.layout = new ZoneLayout(arena.pageShift());
    this.large = new LargeRuns(arena.pages());
  }

  Owners owners() {
    return owners;
  }

  PageSupply supply() {
    return supply;
  }

  ZoneLayout layout() {
    return layout;
  }

  int pageShift() {
    return arena.pageShift();
  }

  /** A new ledger for a type. */
  public TypeLedger newLedger(String name, int id, Budget budget) {
    owners.countType(budget, 1);
    TypeLedger ledger = new TypeLedger(owners, name, id, budget, owners.slots());
    owners.register(ledger);
    return ledger;
  }

  /** A type has ended: it gets nothing more, and nothing is reserved for it. */
  public void end(TypeLedger ledger) {
    Budget budget = ledger.budget();
    owners.limit(budget, 0);
    if (budget.above() != null) {
      boolean _ = budget.reserve(0);
    }
    owners.countType(budget, -1);
  }

  /** Sets who is told of attempts, or nobody. */
  public void listen(@Nullable AttemptListener newListener) {
    listener = newListener;
  }

  /** Refuses every call from now on. */
  public void close() {
    closed = true;
    owners.closeShortPaths();
  }

  // ---- blocks ----

  /**
   * A block of a size class for a caller that may wait, if it is there. As {@link ShortPath#take},
   * for every other caller: neither waits nor looks at anything but the zones of the caller's
   * owner.
   *
   * @return its offset in the arena, or {@link #NONE}: {@link #allocate} then says why, or waits
   */
  public long takeAtOnce(TypeLedger ledger, int sizeClass) {
    Caller caller = callers.scheduled();
    if (closed) {
      return NONE;
    }
    long offset;
    if (caller != null) {
      if (caller.whyNotBlock() != null) {
        return NONE;
      }
      offset = owners.of(caller).take(ledger, sizeClass);
      caller.preemptionPoint();
    } else {
      if (callers.plain().whyNotBlock() != null) {
        return NONE;
      }
      ZoneOwner stripe = owners.lockStripe();
      offset = stripe.take(ledger, sizeClass);
      stripe.leave();
    }
    return offset;
  }

  /**
   * A block of a size class.
   *
   * @return its offset in the arena, or one of the codes above
   */
  public long allocate(TypeLedger ledger, int sizeClass, int demand) {
    Caller caller = callers.scheduled();
    if (closed) {
      return CLOSED;
    }
    if (caller != null) {
      if (refusesWait(caller, demand)) {
        return CANNOT_BLOCK;
      }
      ZoneOwner owner = owners.of(caller);
      caller.enterCritical();
      long offset = owner.take(ledger, sizeClass);
      caller.leaveCritical();
      return offset >= 0 ? offset : allocateSlowly(ledger, sizeClass, demand, caller, owner);
    }
    if (refusesWait(null, demand)) {
      return CANNOT_BLOCK;
    }
    ZoneOwner stripe = owners.lockStripe();
    long offset = stripe.take(ledger, sizeClass);
    stripe.leave();
    return offset >= 0 ? offset : allocateSlowly(ledger, sizeClass, demand, null, null);
  }

  private long allocateSlowly(
      TypeLedger ledger,
      int sizeClass,
      int demand,
      @Nullable Caller scheduled,
      @Nullable ZoneOwner cpu) {
    if (!queues.couldHold(layout.fewest(sizeClass), 1, level(scheduled, demand))) {
      return TOO_LARGE;
    }
    long bytes = SizeClasses.size(sizeClass);
    if (!charge(ledger, bytes, scheduled, cpu)) {
      ledger.countFailure();
      return LIMIT;
    }
    long offset = NONE;
    try {
      BlockRequest request = request(ledger, sizeClass, demand, cpu);
      offset = supply.obtain(request);
      if (offset == NONE && !Demand.waits(demand)) {
        refusedLast.set(request);
      }
    } finally {
      if (offset < 0) {
        refund(ledger, bytes, scheduled, cpu);
      }
      if (Demand.waits(demand) && queues.anyWaiting()) {
        // It may have been woken for a block and served by pages, or gone: pass the wake-up on.
        queues.passWakeUpOn(sizeClass, cpu == null ? ZoneOwner.STRIPES : cpu.slot);
      }
    }
    if (offset < 0) {
      ledger.countFailure();
    }
    return offset;
  }

  /** A request; without wait the one refused last, if it was like this: less garbage. */
  private BlockRequest request(
      TypeLedger ledger, int sizeClass, int demand, @Nullable ZoneOwner cpu) {
    if (!Demand.waits(demand) && refusedLast.get() != null) {
      BlockRequest last = refusedLast.getAndSet(null);
      if (last != null && last.isLike(ledger, sizeClass, demand, cpu)) {
        return last;
      }
    }
    return new BlockRequest(this, ledger, sizeClass, demand, cpu);
  }

  private static int level(@Nullable Caller scheduled, int demand) {
    return scheduled != null && scheduled.preempting()
        ? PageRequest.TO_LAST_PAGE
        : Demand.level(demand);
  }

  /** Whether the caller may not block and asks to wait. */
  public boolean refusesWait(int demand) {
    return Demand.waits(demand) && callers.caller().whyNotBlock() != null;
  }

  private boolean refusesWait(@Nullable Caller scheduled, int demand) {
    return Demand.waits(demand)
        && (scheduled == null ? callers.plain() : scheduled).whyNotBlock() != null;
  }

  boolean charge(
      TypeLedger ledger, long bytes, @Nullable Caller scheduled, @Nullable ZoneOwner cpu) {
    ZoneOwner owner = enter(scheduled, cpu);
    Gathered gathered = null;
    boolean charged;
    try {
      charged = ledger.charge(owner.slot, bytes);
      if (!charged) {
        gathered = owner.callInReady(ZoneOwner.NO_CLASS);
        charged = ledger.charge(owner.slot, bytes);
      }
    } finally {
      leave(scheduled, owner);
    }
    if (gathered != null) {
      boolean _ = owners.settle(gathered, owner);
    }
    return charged;
  }

  void refund(TypeLedger ledger, long bytes, @Nullable Caller scheduled, @Nullable ZoneOwner cpu) {
    ZoneOwner owner = enter(scheduled, cpu);
    try {
      ledger.refund(owner.slot, bytes);
    } finally {
      leave(scheduled, owner);
    }
  }

  private ZoneOwner enter(@Nullable Caller scheduled, @Nullable ZoneOwner cpu) {
    if (scheduled == null || cpu == null) {
      return owners.lockStripe();
    }
    scheduled.enterCritical();
    return cpu;
  }

  private static void leave(@Nullable Caller scheduled, ZoneOwner owner) {
    if (scheduled == null) {
      owner.leave();
    } else {
      scheduled.leaveCritical();
    }
  }

  /** Makes the caller's own idle zones, and those of the stripes, FREE; true if there were. */
  boolean giveUpIdle(@Nullable ZoneOwner cpu, Caller caller) {
    BooleanSupplier more = spare;
    boolean released = more != null && more.getAsBoolean();
    released |= owners.callInStripes();
    if (cpu != null) {
      caller.enterCritical();
      Gathered gathered;
      try {
        gathered = cpu.drain(true, ZoneOwner.NO_CLASS);
      } finally {
        caller.leaveCritical();
      }
      released |= owners.settle(gathered, cpu);
    }
    return released;
  }

  /** Counts what became of an attempt; returns whether the request has waited by now. */
  boolean note(
      TypeLedger ledger,
      long bytes,
      PageRequest request,
      boolean preempting,
      Outcome outcome,
      boolean waitedBefore) {
    AttemptListener told = listener;
    if (told != null) {
      told.attempt(ledger, bytes, request, preempting, outcome);
    }
    if (outcome == Outcome.SWITCH) {
      ledger.countSwitchAway();
    } else if (outcome == Outcome.WAIT && !waitedBefore) {
      ledger.countWait();
    }
    return waitedBefore || outcome == Outcome.WAIT;
  }

  // ---- runs of pages ----

  /**
   * A run of pages.
   *
   * @param align what its first page number is a multiple of, in pages
   * @return its offset in the arena, or one of the codes above
   */
  public long allocateRun(TypeLedger ledger, int pages, int align, int demand) {
    Caller scheduled = callers.scheduled();
    if (closed) {
      return CLOSED;
    }
    if (refusesWait(scheduled, demand)) {
      return CANNOT_BLOCK;
    }
    if (!queues.couldHold(pages, align, level(scheduled, demand))) {
      return TOO_LARGE;
    }
    ZoneOwner cpu = scheduled == null ? null : owners.of(scheduled);
    long bytes = (long) pages << arena.pageShift();
    if (!charge(ledger, bytes, scheduled, cpu)) {
      ledger.countFailure();
      return LIMIT;
    }
    long page = align == 1 ? takeKeptRun(pages, scheduled, cpu) : NONE;
    try {
      if (page < 0) {
        page = supply.obtain(new RunRequest(this, ledger, pages, align, demand, cpu));
      }
    } finally {
      if (page < 0) {
        refund(ledger, bytes, scheduled, cpu);
      }
    }
    if (page < 0) {
      ledger.countFailure();
      return page;
    }
    large.put((int) page, pages, ledger.id());
    return page << arena.pageShift();
  }

  /** A run that the caller's owner kept; else older ones are given up for what is to be taken. */
  private int takeKeptRun(int pages, @Nullable Caller scheduled, @Nullable ZoneOwner cpu) {
    ZoneOwner owner = enter(scheduled, cpu);
    int page = owner.takeRun(pages);
    Gathered older = owner.giveUpRuns(page < 0 ? pages : 0);
    leave(scheduled, owner);
    boolean _ = owners.settle(older, owner);
    return page;
  }

  /** Makes a run of pages that the caller has a live block; its offset. */
  long recordRun(TypeLedger ledger, int page, int pages) {
    large.put(page, pages, ledger.id());
    return (long) page << arena.pageShift();
  }

  // ---- frees ----

  /**
   * Frees the block that a plain thread's stripe handed out last, so that the same type takes it
   * next: without the page and the zone, each of which waits for a load before it.
   *
   * @return false if nothing was done: {@link #free} then frees it, or says why not
   */
  public boolean takeBack(long offset, TypeLedger ledger) {
    if (Schedulers.ownCpu() != null || callers.scheduled() != null) {
      return false;
    }
    ZoneOwner stripe = owners.firstStripe();
    boolean back = false;
    if (stripe.seemsOut(offset, ledger) && stripe.tryEnter()) {
      back = stripe.takeBack(offset, ledger);
      stripe.leave();
    }
    return back;
  }

  /**
   * Frees a block or a run.
   *
   * <p>One method on purpose, of more than 325 bytes: C2 never inlines that much. Else whatever
   * calls {@link ShortPath#free} before this grows beyond 2,500 bytes of code, and is not inlined
   * any more itself: 4 ns a free.
   *
   * @param offset where it begins
   * @return {@link #OK} or {@link #REFUSED}, which leaves everything as it was
   */
  public int free(long offset, TypeLedger ledger) {
    long page = offset >>> pageShift;
    if (page >= zoneOf.length) {
      return REFUSED;
    }
    Zone zone = zoneOf[(int) page];
    Caller caller = callers.scheduled();
    if (zone == null) {
      int pages = large.length((int) page);
      if (pages == 0
          || offset != page << pageShift
          || !large.claim((int) page, pages, ledger.id())) {
        return REFUSED;
      }
      ZoneOwner owner = enter(caller, caller == null ? null : owners.of(caller));
      ledger.credit(owner.slot, (long) pages << pageShift);
      ZoneOwner.Run released = owner.keepRun((int) page, pages);
      leave(caller, owner);
      if (released != null) {
        queues.release(released.page(), released.pages());
      }
      return OK;
    }
    ZoneOwner owner = zone.owner;
    boolean own = caller == null ? owner.tryEnter() : owners.isOf(owner, caller);
    if (own) {
      int outcome = owner.freeOwn(zone, offset, ledger);
      if (caller == null) {
        owner.leave();
      } else {
        caller.preemptionPoint();
      }
      if (outcome == ZoneOwner.NOT_FREED) {
        return REFUSED;
      }
      owners.afterFree(owner, zone, outcome, ledger.account(owner.slot));
      return OK;
    }
    int block = zone.blockAt(offset);
    if (block < 0
        || !zone.isLive(block, ledger.id())
        || owners.isReady(zone, block, offset)
        || !zone.putRemote(block)) {
      return REFUSED;
    }
    if (caller == null) {
      ledger.creditPlain(zone.blockSize);
    } else {
      caller.enterCritical();
      ledger.credit(owners.of(caller).slot, zone.blockSize);
      caller.leaveCritical();
    }
    if (zone.signal()) {
      tell(owner, zone);
      owners.afterTell(owner);
    } else {
      owner.shut();
    }
    if (queues.anyWaiting()) {
      owners.nudge(owner);
    }
    return OK;
  }

  private static void tell(ZoneOwner owner, Zone zone) {
    try {
      owner.tell(zone);
    } catch (OutOfMemoryError e) {
      zone.unsignal(); // the next remote free tells instead
      throw e;
    }
  }

  /** What an address is. Reads only; exact for a block that the caller has. */
  public BlockInfo inspect(long offset) {
    if (offset < 0 || offset >= arena.memory().byteSize()) {
      return new BlockInfo(State.OUTSIDE, offset, 0, -1);
    }
    int page = (int) (offset >>> arena.pageShift());
    Zone zone = owners.zoneOf(page);
    if (zone != null) {
      int block = zone.blockAround(offset);
      if (block >= zone.blocks) {
        return new BlockInfo(State.BETWEEN, offset, 0, -1);
      }
      State state =
          zone.offsetOf(block) != offset
              ? State.INTERIOR
              : zone.isFree(block) || owners.isReady(zone, block, offset) ? State.FREE : State.LIVE;
      return new BlockInfo(state, zone.offsetOf(block), zone.blockSize, zone.typeOf(block));
    }
    int start = large.runAround(page);
    if (start < 0) {
      return new BlockInfo(State.NO_BLOCK, offset, 0, -1);
    }
    long from = (long) start << arena.pageShift();
    return new BlockInfo(
        from == offset ? State.LIVE : State.INTERIOR,
        from,
        (long) large.length(start) << arena.pageShift(),
        large.typeOf(start));
  }

  // ---- for who guards blocks ----

  /** Sets what else can give memory back at once; true if it did. Asked by any caller. */
  public void alsoGivesUp(BooleanSupplier more) {
    spare = more;
  }

  /**
   * Records a live block of the caller's as another type's. Who is charged stays as it is.
   *
   * @return false if it is no live block of that type any more, since somebody else has freed it
   */
  public boolean relabel(long offset, TypeLedger from, TypeLedger to) {
    int page = (int) (offset >>> pageShift);
    Zone zone = owners.zoneOf(page);
    if (zone != null) {
      int block = zone.blockAt(offset);
      from.account(zone.owner.slot).forgetOut(offset);
      return block >= 0 && zone.relabel(block, from.id(), to.id());
    }
    int pages = large.length(page);
    if (pages == 0 || !large.claim(page, pages, from.id())) {
      return false;
    }
    large.put(page, pages, to.id());
    return true;
  }

  /** Charges another type, one without a limit, for a block. */
  public void recharge(long bytes, TypeLedger from, TypeLedger to) {
    Caller scheduled = callers.scheduled();
    ZoneOwner owner = enter(scheduled, scheduled == null ? null : owners.of(scheduled));
    try {
      from.credit(owner.slot, bytes);
      boolean _ = to.charge(owner.slot, bytes);
    } finally {
      leave(scheduled, owner);
    }
  }

  /** The state of the page that an offset is in, in words. */
  public String describePage(long offset) {
    return queues.describe((int) (offset >>> arena.pageShift()));
  }

  /** The pages that hold so many bytes. */
  public int pagesFor(long bytes) {
    return layout.pagesFor(bytes);
  }
}
