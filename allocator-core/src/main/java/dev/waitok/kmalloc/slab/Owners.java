package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.arena.Libc;
import dev.waitok.kmalloc.arena.ShortLock;
import dev.waitok.kmalloc.slab.ZoneOwner.Gathered;
import dev.waitok.kmalloc.slab.ZoneOwner.Run;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.Tenants;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** All owners of zones, which zone each page is in, and how other owners are made to give. */
public final class Owners implements Tenants {
  /*
   * To *call in* is to make all owners take in what was freed from elsewhere and give their idle zones
   * back: stripes under their locks, cpus by a message to each.
   *
   * Nobody holds two owners at a time, and nothing is released or woken inside one: a drain gathers,
   * and what it gathered is dealt with outside.
   *
   * A freer looks at `anyWaiting` after its free. A waiter is counted before it calls in, and the call
   * runs in each owner's own section. So either the free sees the waiter or the call sees the free.
   */

  /** Idle zones have at most this part of the arena, over all owners. */
  private static final int IDLE_PART = 8;

  /**
   * So much of it, of one owner, stays when another class or length of run grows: 128 KiB, or a
   * quarter of its share. Else two sizes that take turns would take each other's pages every time.
   */
  private static final int SLACK_BYTES = 128 << 10;

  private static final ZoneOwner[] NO_CPUS = {};
  private static final Attached NOBODY = new Attached(null, List.of());

  private final PageQueues queues;
  private final @Nullable Zone[] zoneOf;
  private final int pageShift;
  private final int readyAfter;
  private final ZoneOwner[] stripes;
  private final LongAdder lateDoubleFrees = new LongAdder();
  private ZoneOwner[] cpus = NO_CPUS;
  private volatile Attached attached = NOBODY;
  private volatile TypeLedger[] ledgers = new TypeLedger[0];
  private boolean shortPathsClosed;
  private int slots;
  private volatile int idleShare;
  private volatile int slack;

  /**
   * The stripes, and no cpus yet.
   *
   * @param stripeCount how many stripes the plain threads have, a power of two
   * @param readyAfter how many frees make an account worth having ready blocks
   */
  public Owners(PageQueues queues, int pageShift, int stripeCount, int readyAfter) {
    this.queues = queues;
    this.pageShift = pageShift;
    this.readyAfter = readyAfter;
    this.zoneOf = new @Nullable Zone[queues.pages()];
    this.stripes = new ZoneOwner[stripeCount];
    for (int i = 0; i < stripeCount; i++) {
      stripes[i] = new ZoneOwner(this, slots++, -1, new ShortLock());
    }
    shareIdle();
  }

  /** Divides the idle share anew; what the stripes have kept under another one is given back. */
  private void shareIdle() {
    idleShare = queues.pages() / IDLE_PART / (stripes.length + cpus.length);
    slack = Math.min(SLACK_BYTES >> pageShift, idleShare / 4);
    boolean _ = callInStripes();
  }

  /** How many accounts a type needs. */
  public int slots() {
    return slots;
  }

  /** How many pages one owner's idle zones may have. */
  int idleShare() {
    return idleShare;
  }

  /**
   * How many of these its ready blocks may keep at worst: three quarters, so that each of many
   * types has one, and zones that are really idle are kept, too.
   */
  int readyShare() {
    return idleShare - idleShare / 4;
  }

  /** How many idle pages of one owner stay where they are when another class or run grows. */
  int slack() {
    return slack;
  }

  /** After how many frees a short path is opened. */
  int readyAfter() {
    return readyAfter;
  }

  /**
   * What is to be done after a free: a zone's pages are released, waiters are told, and an account
   * may have become worth having ready blocks. No owner is entered by the caller.
   *
   * @param zone which the block was of; another may be there by now
   * @param outcome what became of the free, as {@link ZoneOwner} says
   */
  void afterFree(ZoneOwner owner, Zone zone, int outcome, Account account) {
    if (outcome == ZoneOwner.EMPTIED) {
      release(zone);
    } else if (queues.anyWaiting()) {
      queues.blockFreed(zone.sizeClass, owner.waitersKey(), zone.apart == Zone.FOR_WINDOW);
    }
    if (outcome != ZoneOwner.FREED && warmsUp(account)) {
      warmUp(owner, account);
    }
  }

  /** In the owner's section: a block may be ready in what a second warm-up would replace. */
  private void warmUp(ZoneOwner owner, Account account) {
    long[] newReady = Account.newReady(readyAfter);
    if (!owner.isStripe()) {
      account.warmUp(newReady);
    } else if (owner.tryEnter()) {
      account.warmUp(newReady);
      owner.leave();
    }
  }

  /** Whether an account is worth having ready blocks, and cannot have them yet. */
  boolean warmsUp(Account account) {
    return account.frees >= readyAfter && !account.isWarm();
  }

  /** The zone that an offset of one of its blocks is in. */
  Zone zoneAround(long offset) {
    Zone zone = zoneOf[(int) (offset >>> pageShift)];
    if (zone == null) {
      throw new IllegalStateException("no zone at offset " + offset);
    }
    return zone;
  }

  /** The ledger of a type's number. */
  TypeLedger ledger(int typeId) {
    return ledgers[typeId];
  }

  /**
   * Whether a block that its zone knows as live is ready, and so no longer its user's; a look from
   * anywhere, exact for who may free the block.
   */
  boolean isReady(Zone zone, int block, long offset) {
    return ledgers[zone.typeOf(block)].account(zone.owner.slot).ready(zone.sizeClass) == offset;
  }

  /** Has every call of every type take the long way from now on. */
  synchronized void closeShortPaths() {
    shortPathsClosed = true;
    for (ZoneOwner stripe : stripes) {
      stripe.forgetAccounts();
    }
    for (ZoneOwner cpu : cpus) {
      cpu.forgetAccounts();
    }
  }

  /** Has the owner with a slot, if there is one today, find an account on the short path. */
  synchronized void introduce(int slot, Account account) {
    int cpu = slot - stripes.length;
    if (!shortPathsClosed && cpu < cpus.length) {
      (cpu < 0 ? stripes[slot] : cpus[cpu]).know(account);
    }
  }

  boolean anyWaiting() {
    return queues.anyWaiting();
  }

  /** Adds a type's ledger, by which a block's type number is known. */
  synchronized void register(TypeLedger ledger) {
    TypeLedger[] more = Arrays.copyOf(ledgers, Math.max(ledgers.length, ledger.id() + 1));
    more[ledger.id()] = ledger;
    ledgers = more;
  }

  /** Counts a second free that was found late, and takes its credit back. In the slot's section. */
  void lateDoubleFree(int typeId, long bytes, int slot) {
    lateDoubleFrees.increment();
    ledgers[typeId].uncredit(slot, bytes);
  }

  /** Second frees that were found only when the block was drained or about to be handed out. */
  public long lateDoubleFrees() {
    return lateDoubleFrees.sum();
  }

  @Nullable Zone zoneOf(int page) {
    return zoneOf[page];
  }

  int pageShift() {
    return pageShift;
  }

  /** The zone of each page; written by whoever has the page. */
  @Nullable Zone[] zones() {
    return zoneOf;
  }

  /** The zones of a scheduler's thread: those of its cpu. */
  ZoneOwner of(Caller scheduled) {
    return scheduled.attachment() instanceof ZoneOwner owner ? owner : attach(scheduled);
  }

  /** Whether an owner is that of a scheduler's thread. */
  @SuppressWarnings("ReferenceEquality") // identity is what counts
  boolean isOf(ZoneOwner owner, Caller scheduled) {
    return of(scheduled) == owner;
  }

  private ZoneOwner attach(Caller scheduled) {
    ZoneOwner owner = cpus[scheduled.cpu()];
    scheduled.attach(owner);
    return owner;
  }

  /** Locks a stripe: that of the processor the thread runs on, else the next that is not busy. */
  ZoneOwner lockStripe() {
    int first = stripeHint();
    while (true) {
      for (int i = 0; i < stripes.length; i++) {
        ZoneOwner stripe = stripes[(first + i) & (stripes.length - 1)];
        if (stripe.tryEnter()) {
          return stripe;
        }
      }
      Libc.yieldProcessor();
    }
  }

  /** The stripe that {@link #lockStripe} tries first. */
  ZoneOwner firstStripe() {
    return stripes[stripeHint() & (stripes.length - 1)];
  }

  /**
   * Where a plain thread looks first. A platform thread has a stripe of its own for life, unless it
   * is one of many: asking for the processor costs as much as the rest of a call, and a busy stripe
   * is passed over anyway. Virtual threads have the stripe of the processor they run on, so that
   * thousands of them do not pull every stripe through every processor's cache.
   */
  private static int stripeHint() {
    Thread self = Thread.currentThread();
    int processor = self.isVirtual() ? Libc.currentProcessor() : -1;
    return processor >= 0 ? processor : (int) self.threadId();
  }

  /** Makes a run of pages a zone. The caller has the pages; an owner then adopts the zone. */
  Zone newZone(int sizeClass, int firstPage, int pages, int pageShift) {
    Zone zone = new Zone(stripes[0], sizeClass, firstPage, pages, pageShift);
    Arrays.fill(zoneOf, firstPage, firstPage + pages, zone);
    return zone;
  }

  /** Makes an empty zone's pages nobody's; they stay WIRED. */
  void forgetPages(Zone zone) {
    Arrays.fill(zoneOf, zone.firstPage, zone.firstPage + zone.pages, null);
  }

  /** Gives an empty zone's pages back. It is off its owner already; no owner is entered. */
  void release(Zone zone) {
    forgetPages(zone);
    queues.release(zone.firstPage, zone.pages);
  }

  /** Releases what a drain has gathered and tells the waiters; no owner is entered. */
  boolean settle(Gathered gathered, ZoneOwner owner) {
    if (gathered.isNothing()) {
      return false; // iterators over nothing are garbage where they are not inlined
    }
    for (Zone zone : gathered.empty) {
      release(zone);
    }
    for (Run run : gathered.runs) {
      queues.release(run.page(), run.pages());
    }
    if (queues.anyWaiting()) {
      int key = owner.waitersKey();
      gathered.classes.stream().forEach(c -> queues.blockFreed(c, key));
    }
    return !(gathered.empty.isEmpty() && gathered.runs.isEmpty());
  }

  /** Takes in the remote frees and idle zones of the stripes; true if pages came of it. */
  boolean callInStripes() {
    boolean released = false;
    for (ZoneOwner stripe : stripes) {
      Gathered gathered;
      stripe.enterSpinning();
      try {
        gathered = stripe.drain(true, ZoneOwner.NO_CLASS);
      } finally {
        stripe.leave();
      }
      released |= settle(gathered, stripe);
    }
    return released;
  }

  /**
   * Takes in the remote frees and idle zones of all owners: stripes now, cpus as soon as they can.
   */
  public void callIn() {
    boolean _ = callInStripes();
    Attached now = attached;
    for (ZoneOwner owner : now.cpus()) {
      now.send(owner, owner.drainTask);
    }
  }

  /**
   * Takes in the remote frees and idle zones of those owners that have any: once a while, so that
   * they do not keep what nobody uses. Who has none is not disturbed.
   */
  public void callInIdle() {
    boolean _ = callInStripes();
    Attached now = attached;
    for (ZoneOwner owner : now.cpus()) {
      if (owner.hasIdle()) {
        now.send(owner, owner.drainTask);
      }
    }
  }

  // Tenants: what a window is cleared of.

  /** So many zones are withdrawn with an owner's section entered: a microsecond or so. */
  private static final int ZONES_A_SECTION = 64;

  @Override
  public int livePerPage(int page) {
    Zone zone = zoneOf[page];
    return zone == null ? NO_BLOCKS : 16 * (zone.blocks - zone.freeCount) / zone.pages;
  }

  @Override
  public void withdraw(int from, int n) {
    for (ZoneOwner stripe : stripes) {
      for (List<Zone> zones : zonesOf(stripe, from, n)) {
        stripe.enterSpinning();
        try {
          stripe.withdraw(zones);
        } finally {
          stripe.leave();
        }
      }
    }
    Attached now = attached;
    for (ZoneOwner owner : now.cpus()) {
      for (List<Zone> zones : zonesOf(owner, from, n)) {
        now.send(owner, () -> owner.withdraw(zones));
      }
    }
    callInIdle();
  }

  /** The zones of an owner that have a page in a window, a section's worth at a time. */
  private List<List<Zone>> zonesOf(ZoneOwner owner, int from, int n) {
    List<List<Zone>> parts = new ArrayList<>();
    List<Zone> part = new ArrayList<>();
    for (int page = from; page < from + n; ) {
      Zone zone = zoneOf[page];
      if (zone != null && zone.owner == owner && zone.apart != Zone.FOR_WINDOW) {
        part.add(zone);
      }
      if (part.size() == ZONES_A_SECTION) {
        parts.add(part);
        part = new ArrayList<>();
      }
      page = zone == null ? page + 1 : zone.firstPage + zone.pages;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  @Override
  public void restore() {
    for (ZoneOwner stripe : stripes) {
      Gathered gathered;
      stripe.enterSpinning();
      try {
        gathered = stripe.restoreWithdrawn();
      } finally {
        stripe.leave();
      }
      boolean _ = settle(gathered, stripe);
    }
    Attached now = attached;
    for (ZoneOwner owner : now.cpus()) {
      now.send(owner, () -> settle(owner.restoreWithdrawn(), owner));
    }
  }

  /** Whether a new zone has a page in a window that is being cleared. */
  boolean isCleared(Zone zone) {
    return queues.inWindow(zone.firstPage, zone.pages);
  }

  /**
   * Sets a limit and takes back what owners have drawn under the old one: stripes now, cpus at
   * their next preemption point.
   */
  public void limit(Budget node, long bytes) {
    node.limit(bytes);
    revokeAll(node);
  }

  /** A type begins or has ended: others of its groups may have to keep less. */
  void countType(Budget budget, int change) {
    if (budget.countType(change)) {
      revokeAll(budget.root());
    }
  }

  private void revokeAll(Budget node) {
    for (TypeLedger ledger : ledgers) {
      if (ledger != null && ledger.budget().isIn(node)) {
        revoke(ledger);
      }
    }
  }

  private void revoke(TypeLedger ledger) {
    for (ZoneOwner stripe : stripes) {
      stripe.enterSpinning();
      Gathered gathered;
      try {
        gathered = stripe.revoke(ledger);
      } finally {
        stripe.leave();
      }
      boolean _ = settle(gathered, stripe);
    }
    Attached now = attached;
    for (ZoneOwner owner : now.cpus()) {
      now.send(owner, () -> settle(owner.revoke(ledger), owner));
    }
  }

  /** Makes one owner take in its remote frees, since somebody waits. */
  void nudge(ZoneOwner owner) {
    if (owner.isStripe()) {
      owner.enterSpinning();
      Gathered gathered;
      try {
        gathered = owner.drain(false, ZoneOwner.NO_CLASS);
      } finally {
        owner.leave();
      }
      settle(gathered, owner);
    } else {
      Attached now = attached;
      if (now.has(owner)) {
        now.send(owner, owner.drainTask);
      }
      // If the cpu went offline instead, its heir has drained its queue, or afterTell has.
    }
  }

  /** After a zone was queued with an owner that may have gone offline meanwhile. */
  void afterTell(ZoneOwner owner) {
    // The offer before and the look after must not change places: the hand-over does them
    // crosswise.
    VarHandle.fullFence();
    ZoneOwner heir = owner.heir;
    if (heir != null) {
      inherit(owner, heir);
    }
  }

  private void inherit(ZoneOwner gone, ZoneOwner heir) {
    heir.enterSpinning();
    Gathered gathered;
    try {
      gathered = heir.drainFor(gone);
    } finally {
      heir.leave();
    }
    settle(gathered, heir);
  }

  /** Gives a scheduler's cpus zones of their own. Before its first thread runs. */
  public void attach(ExecutionContext scheduler, int count) {
    ZoneOwner[] owners = new ZoneOwner[count];
    for (int cpu = 0; cpu < count; cpu++) {
      owners[cpu] = new ZoneOwner(this, stripes.length + cpu, cpu, null);
    }
    synchronized (this) {
      slots = Math.max(slots, stripes.length + count);
      cpus = owners;
      attached = new Attached(scheduler, List.of(owners));
    }
    shareIdle();
  }

  /** Hands the cpus' zones over to the stripes. After the scheduler's last thread ran. */
  public void detach() {
    ZoneOwner[] gone = dismissCpus();
    for (ZoneOwner owner : gone) {
      ZoneOwner heir = stripes[owner.cpu % stripes.length];
      heir.enterSpinning();
      Gathered gathered;
      try {
        gathered = owner.handOver(heir, allZones());
      } finally {
        heir.leave();
      }
      settle(gathered, heir);
      inherit(owner, heir);
    }
    shareIdle();
  }

  /** From now on there are no cpus, and whoever still knew one finds no account there. */
  private synchronized ZoneOwner[] dismissCpus() {
    ZoneOwner[] gone = cpus;
    cpus = NO_CPUS;
    attached = NOBODY;
    for (ZoneOwner cpu : gone) {
      cpu.forgetAccounts();
    }
    return gone;
  }

  /** The first account that belongs to a cpu rather than a stripe. */
  public int firstCpuSlot() {
    return stripes.length;
  }

  private List<Zone> allZones() {
    List<Zone> zones = new ArrayList<>();
    for (int page = 0; page < zoneOf.length; page++) {
      Zone zone = zoneOf[page];
      if (zone != null && zone.firstPage == page) {
        zones.add(zone);
      }
    }
    return zones;
  }

  /** Holds every zone against its invariants; for tests, while nobody allocates or frees. */
  public void checkInvariants() {
    for (ZoneOwner stripe : stripes) {
      stripe.checkReady();
    }
    for (ZoneOwner cpu : cpus) {
      cpu.checkReady();
    }
    for (Zone zone : allZones()) {
      zone.checkInvariants();
      for (int page = zone.firstPage; page < zone.firstPage + zone.pages; page++) {
        if (zoneOf[page] != zone) {
          throw new IllegalStateException("page " + page + " does not know its zone");
        }
      }
    }
  }

  /**
   * Pages of zones that hold no block, and of runs kept, at the moment; exact while nobody
   * allocates or frees.
   */
  public int idlePages() {
    int pages = 0;
    for (ZoneOwner stripe : stripes) {
      pages += stripe.idlePages();
    }
    for (ZoneOwner cpu : cpus) {
      pages += cpu.idlePages();
    }
    return pages;
  }

  @Nullable ZoneOwner nextStripe(@Nullable ZoneOwner after) {
    if (after == null) {
      return stripes[0];
    }
    return after.slot + 1 < stripes.length ? stripes[after.slot + 1] : null;
  }

  /** The scheduler that is attached, with its cpus' owners: read together, sent to together. */
  private record Attached(@Nullable ExecutionContext scheduler, List<ZoneOwner> cpus) {
    boolean has(ZoneOwner owner) {
      return cpus.contains(owner);
    }

    void send(ZoneOwner owner, Runnable task) {
      if (scheduler != null) {
        // False if the cpu is gone: its zones are about to be handed over, and are drained then.
        boolean _ = scheduler.send(owner.cpu, task);
      }
    }
  }
}
