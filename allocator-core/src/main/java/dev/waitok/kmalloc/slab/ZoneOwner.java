package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.arena.ShortLock;
import dev.waitok.kmalloc.spi.CpuAttachment;
import dev.waitok.kmalloc.vm.PageQueues;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One owner of zones: a scheduler's cpu, whose code touches them between preemption points, or a
 * stripe of the plain threads, under its lock. Nothing here is reached in both ways.
 *
 * <p>A zone that becomes empty is kept while the idle share allows it, so that a working set that
 * comes and goes costs no page operation; others are handed to the caller to be released after it
 * has left the critical section or the lock. A class that grows is given idle zones' pages before
 * any others, so what is kept idle never adds to the most that is retained.
 *
 * <p>A zone can be <em>apart</em>: on no class's list, where the short path does not see it. So it
 * is while a run of pages is made where it lies ({@code Clearing}), and if a block of it was freed
 * while somebody waited: else a newcomer, often the one who freed it, would always come before who
 * was woken for it.
 *
 * <p>The shortest path of a call comes here: {@link #take} and {@link #freeAtOnce}.
 */
final class ZoneOwner extends CpuAttachment {
  /** The zone owner of all stripes, as waiters know it: any of them serves a plain thread. */
  static final int STRIPES = -1;

  /** No class is wanted by who drains. */
  static final int NO_CLASS = -1;

  /** What `told` is after a zone was queued: every bit, so that it shows in any sum of tests. */
  private static final long TELL = -1;

  /** What became of a free: it was done, and there is nothing more to do unless somebody waits. */
  static final int FREED = 0;

  /** What became of a free: it was done, and the zone is empty now and nobody's. */
  static final int EMPTIED = 1;

  /** What became of a free: it was done, and its type takes the block next. */
  static final int READY = 2;

  /** What became of a free: nothing. */
  static final int NOT_FREED = 3;

  /** What became of a free: it was done, and its account may be worth having ready blocks. */
  static final int FREED_COLD = 4;

  /** Nothing to be had; below it, the codes of {@link Slabs}. */
  static final long NONE = -1;

  private static final @Nullable Account[] NO_ACCOUNTS = {};

  private static final VarHandle TOLD;

  static {
    try {
      TOLD = MethodHandles.lookup().findVarHandle(ZoneOwner.class, "told", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int slot;
  final int cpu;
  final @Nullable ShortLock lock;

  /** For a cpu to run in a hard section, which excludes every critical section there. */
  final Runnable drainTask = this::drainHere;

  private final Owners owners;
  private final @Nullable Zone[] zoneOf;
  private final int pageShift;

  /** The list behind those of the classes: the zones that are apart. */
  private static final int APART = SizeClasses.COUNT;

  /** The first zone of each class's list, and of the last one. */
  private final @Nullable Zone[] heads = new @Nullable Zone[SizeClasses.COUNT + 1];

  /** The last zone of each, by its first page; or {@link Zone#NONE}. */
  private final int[] tails = new int[SizeClasses.COUNT + 1];

  private final int[] blocksOfClass = new int[SizeClasses.COUNT];
  private final MpscUnboundedAtomicArrayQueue<Zone> freedElsewhere =
      new MpscUnboundedAtomicArrayQueue<>(64);
  private final RunCache runs = new RunCache();
  private final ReadyBlocks ready;
  private int idlePages;

  /**
   * By their types' numbers, with holes: what the short path finds. Dense, and so a line of cache
   * for sixteen types, where a way by each type's own records would be two for one.
   */
  private @Nullable Account[] accounts = NO_ACCOUNTS;

  /**
   * {@link #TELL} while the short path is shut: somebody has freed blocks of this owner's that it
   * has not seen, or waited when it was called in last; else 0.
   */
  @SuppressWarnings("UnusedVariable") // through TOLD
  private long told;

  /**
   * The owner that has this one's zones since it went offline. Set before they are handed over; a
   * freer that queues a zone here after that has the heir drain it.
   */
  volatile @Nullable ZoneOwner heir;

  ZoneOwner(Owners owners, int slot, int cpu, @Nullable ShortLock lock) {
    this.owners = owners;
    this.zoneOf = owners.zones();
    this.pageShift = owners.pageShift();
    this.ready = new ReadyBlocks(owners.readyAfter());
    Arrays.fill(tails, Zone.NONE);
    this.slot = slot;
    this.cpu = cpu;
    this.lock = lock;
  }

  boolean isStripe() {
    return lock != null;
  }

  /** Locks this stripe if nobody has it. */
  boolean tryEnter() {
    return lock != null && lock.tryLock();
  }

  /** Locks this stripe. */
  void enterSpinning() {
    if (lock == null) {
      throw new IllegalStateException("cpu " + cpu + "'s zones have no lock");
    }
    lock.lock();
  }

  /** Unlocks this stripe. */
  void leave() {
    if (lock != null) {
      lock.unlock();
    }
  }

  /** How waiters know the owner whose zones they can use. */
  int waitersKey() {
    return lock != null ? STRIPES : slot;
  }

  /**
   * The block that a type freed last here, which is charged and marked already; else a block of the
   * first zone that has one.
   *
   * @return where it begins; {@link #NONE} if there is none, or the type's limit is in the way
   */
  long take(TypeLedger ledger, int sizeClass) {
    Account account = account(ledger);
    return account == null ? NONE : take(account, SizeClasses.size(sizeClass));
  }

  /** As {@link #take(TypeLedger, int)}, of an account of this owner's and for a size. */
  long take(Account account, long size) {
    long offset = account.takeLoan(size, told);
    if (offset < 0 && Long.compareUnsigned(size - 1, SizeClasses.LARGEST) < 0) {
      int sizeClass = SizeClasses.of((int) size);
      offset = account.takeReady(sizeClass, told);
      if (offset < 0) {
        offset = takeFromZone(account, sizeClass);
      }
    }
    return offset;
  }

  /**
   * A type's account here.
   *
   * @param typeId the ledger's, from who has it without a look there
   * @return null if the short path is closed, the cpu is gone, or the type is another allocator's;
   *     or so new that the caller does not see it yet, and takes the longer way
   */
  @SuppressWarnings("ReferenceEquality") // identity is what counts
  @Nullable Account account(TypeLedger ledger, int typeId) {
    @Nullable Account[] all = accounts;
    Account account = typeId >= 0 && typeId < all.length ? all[typeId] : null;
    return account != null && account.ledger == ledger ? account : null;
  }

  private @Nullable Account account(TypeLedger ledger) {
    return account(ledger, ledger.id());
  }

  /** Has the short path find an account of this owner's. Under the owners' monitor. */
  void know(Account account) {
    @Nullable Account[] all = accounts;
    int typeId = account.type;
    if (typeId >= all.length) {
      all = Arrays.copyOf(all, Math.max(typeId + 1, 2 * all.length));
    }
    VarHandle.releaseFence(); // who finds it finds what is in it
    all[typeId] = account;
    accounts = all;
  }

  /** Has the short path find nothing any more. Under the owners' monitor. */
  void forgetAccounts() {
    accounts = NO_ACCOUNTS;
  }

  private long takeFromZone(Account account, int sizeClass) {
    Zone zone = heads[sizeClass];
    return zone != null && account.charge(zone.blockSize) ? takeFrom(zone, account.type) : NONE;
  }

  /**
   * Makes the ready block that a type was handed last here ready again, if it is that one. Nothing
   * is done if the short path is shut.
   */
  boolean takeBack(long offset, TypeLedger ledger) {
    Account account = account(ledger);
    return account != null && account.takeBack(offset, told);
  }

  /** Whether {@link #takeBack} may succeed; a look from anywhere, of the moment. */
  boolean seemsOut(long offset, TypeLedger ledger) {
    Account account = account(ledger);
    return account != null && account.isOut(offset);
  }

  /**
   * Frees a block of an account of this owner's: takes it back, else makes it the one that its type
   * takes next, or gives it to its zone. Nothing is done if the zone is not this owner's, the short
   * path is shut, or it is no live block. Nor if the zone is signalled: the block may be freed
   * already, though who told nobody yet is another.
   *
   * @return {@link #READY} or {@link #NOT_FREED}, or what {@link #free} returns
   */
  int freeAtOnce(Account account, long offset) {
    if (account.takeBack(offset, told)) {
      return READY;
    }
    // What is lost of the offset here is missing when the block is held against it.
    int page = (int) (offset >>> pageShift);
    Zone zone = page >= 0 && page < zoneOf.length ? zoneOf[page] : null;
    return zone == null ? NOT_FREED : freeAtOnce(account, zone, offset);
  }

  private int freeAtOnce(Account account, Zone zone, long offset) {
    int block = zone.blockOf(offset);
    int[] marks = zone.marks;
    if (block >= 0
        && block < marks.length
        && zone.owner == this
        && (zone.offsetOf(block) - offset | marks[block] - account.type | told | zone.signalled)
            == 0) {
      int sizeClass = zone.sizeClass;
      long ready = account.ready(sizeClass);
      if (ready == Account.EMPTY) {
        account.makeReady(sizeClass, offset);
        return READY;
      }
      if (ready != offset) {
        return giveToZone(account, zone, block, ready);
      }
    }
    return NOT_FREED;
  }

  /** Frees what may be a block of one of this owner's zones, at once or whatever is shut. */
  int freeOwn(Zone zone, long offset, TypeLedger ledger) {
    Account account = account(ledger);
    if (account != null) {
      if (account.takeBack(offset, told)) {
        return READY;
      }
      int outcome = freeAtOnce(account, zone, offset);
      if (outcome != NOT_FREED) {
        return outcome;
      }
    }
    int block = zone.blockAt(offset);
    return block < 0 ? NOT_FREED : free(zone, block, offset, ledger);
  }

  /**
   * Frees a block of one of this owner's zones to it, whatever is shut.
   *
   * @return {@link #FREED} or {@link #FREED_COLD}; {@link #EMPTIED} if the zone is empty now and
   *     has been taken off the owner, so that its pages are to be released; or {@link #NOT_FREED}
   */
  int free(Zone zone, int block, long offset, TypeLedger ledger) {
    Account account = ledger.account(slot);
    long ready = account.ready(zone.sizeClass);
    if (!zone.isLive(block, account.type) || ready == offset) {
      return NOT_FREED;
    }
    account.forgetOut(offset);
    return giveToZone(account, zone, block, ready);
  }

  /**
   * For a block that is not out, or no more.
   *
   * @param isReady what is ready of its class
   */
  private int giveToZone(Account account, Zone zone, int block, long isReady) {
    account.credit(zone.blockSize);
    int outcome = isReady < Account.EMPTY ? openLater(account, zone) : FREED;
    zone.put(block, account.type);
    return isFirstOrLast(zone.freeCount, zone) && freed(zone, 1, false) ? EMPTIED : outcome;
  }

  /** A class that may have no ready block is one free nearer to that. */
  private int openLater(Account account, Zone zone) {
    if (!account.isWarm()) {
      return FREED_COLD;
    }
    if (account.opensAfter(zone.sizeClass)) {
      ready.open(account, zone, owners.readyShare());
    }
    return FREED;
  }

  /**
   * Gives ready blocks back to their zones.
   *
   * @param close whether the short path is closed as well, until it is used again
   */
  private void callInReady(Gathered gathered, int wanted, boolean close) {
    for (int i = 0; i < ready.count(); i++) {
      Account account = ready.account(i);
      int sizeClass = ready.sizeClass(i);
      long offset = account.callIn(sizeClass);
      if (offset >= 0) {
        Zone zone = owners.zoneAround(offset);
        account.giveCredit(zone.blockSize); // its free was counted
        zone.put(zone.blockOf(offset), account.type);
        gathered.classes.set(sizeClass);
        if (freed(zone, 1, sizeClass == wanted)) {
          gathered.empty.add(zone);
        }
      }
    }
    if (close) {
      ready.closeAll();
    }
  }

  /** Takes all ready blocks back if they may keep too many pages, now that there are more zones. */
  Gathered closeReadyIfTooMany() {
    if (!hasTooManyReady()) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    callInReady(gathered, NO_CLASS, true);
    return gathered;
  }

  private boolean hasTooManyReady() {
    return ready.pages() > owners.readyShare();
  }

  /** Takes back what a type's account has kept, since its limit was lowered. */
  Gathered revoke(TypeLedger ledger) {
    Gathered gathered = new Gathered();
    callInReady(gathered, NO_CLASS, true);
    ledger.revoke(slot);
    return gathered;
  }

  /** Holds what is ready or on loan against what the zones say; for tests. */
  void checkReady() {
    for (int i = 0; i < ready.count(); i++) {
      Account account = ready.account(i);
      int sizeClass = ready.sizeClass(i);
      checkItsOwn(account, sizeClass, account.ready(sizeClass), "is ready");
      if (told == 0) {
        checkItsOwn(account, sizeClass, account.out(sizeClass), "can be taken back");
      }
    }
  }

  private void checkItsOwn(Account account, int sizeClass, long offset, String what) {
    if (offset >= 0) {
      Zone zone = owners.zoneAround(offset);
      if (zone.owner != this
          || zone.sizeClass != sizeClass
          || !zone.isLive(zone.blockAt(offset), account.type)) {
        throw new IllegalStateException(
            "the block at " + offset + " " + what + " in slot " + slot + ", and is not its own");
      }
    }
  }

  /**
   * Gives all ready blocks back to their zones.
   *
   * @param wanted as {@link #drain} has it
   */
  Gathered callInReady(int wanted) {
    if (!ready.any()) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    callInReady(gathered, wanted, false);
    return gathered;
  }

  private Zone zoneAt(int firstPage) {
    Zone zone = zoneOf[firstPage];
    if (zone == null) {
      throw new IllegalStateException("no zone at page " + firstPage);
    }
    return zone;
  }

  private @Nullable Zone zoneOrNull(int firstPage) {
    return firstPage == Zone.NONE ? null : zoneAt(firstPage);
  }

  /** Takes a block that is charged already; {@link #NONE} if there is no zone with one. */
  long takeCharged(TypeLedger ledger, int sizeClass) {
    Zone zone = heads[sizeClass];
    return zone == null ? NONE : takeFrom(zone, ledger.id());
  }

  private long takeFrom(Zone zone, int type) {
    int left = zone.freeCount;
    if (isFirstOrLast(left, zone)) {
      if (left == zone.blocks) {
        idlePages -= zone.pages;
      }
      if (left == 1) {
        unlink(zone);
      }
    }
    return zone.take(type);
  }

  /** Whether so many free blocks are one or all of a zone's; one comparison. */
  private static boolean isFirstOrLast(int free, Zone zone) {
    return Integer.compareUnsigned(free - 2, zone.blocks - 2) >= 0;
  }

  private boolean freed(Zone zone, int n, boolean wanted) {
    if (zone.freeCount == n && zone.apart == Zone.FOR_ANYBODY) {
      zone.apart = owners.anyWaiting() ? Zone.FOR_WAITERS : Zone.FOR_ANYBODY;
      link(zone);
    }
    if (zone.freeCount < zone.blocks) {
      return false;
    }
    if (zone.apart == Zone.FOR_WINDOW) {
      forget(zone);
      return true;
    }
    moveTo(zone, Zone.FOR_ANYBODY);
    boolean mayIdle =
        idlePages + ready.pages() + zone.pages <= owners.idleShare() && !owners.anyWaiting();
    if ((wanted && heads[zone.sizeClass] == zone) || mayIdle) {
      idlePages += zone.pages;
      return false;
    }
    forget(zone);
    return true;
  }

  /**
   * Takes an idle zone off the owner, for its pages: one of so many if there is one, else any.
   * Looks at both ends of each class's list. None while all idle pages are within the slack.
   */
  @Nullable Zone takeIdle(int pages) {
    Zone found = null;
    if (idlePages > owners.slack()) {
      for (int c = 0; c < SizeClasses.COUNT && (found == null || found.pages != pages); c++) {
        Zone head = heads[c];
        Zone tail = zoneOrNull(tails[c]);
        if (head != null && head.isEmpty() && (found == null || head.pages == pages)) {
          found = head;
        } else if (tail != null && tail.isEmpty() && (found == null || tail.pages == pages)) {
          found = tail;
        }
      }
    }
    if (found != null) {
      idlePages -= found.pages;
      forget(found);
    }
    return found;
  }

  /**
   * Keeps a run that is free, if the idle share allows it.
   *
   * @return the run that is to be released: itself, or the oldest where there is no room; or null
   */
  @Nullable Run keepRun(int page, int pages) {
    if (idlePages + ready.pages() + pages > owners.idleShare() || owners.anyWaiting()) {
      return new Run(page, pages);
    }
    Run oldest = runs.isFull() ? takeOldestRun() : null;
    runs.add(page, pages);
    idlePages += pages;
    return oldest;
  }

  private Run takeOldestRun() {
    int length = runs.oldestLength();
    idlePages -= length;
    return new Run(runs.takeOldest(), length);
  }

  /** Takes a run that was kept, or {@link RunCache#NONE}. */
  int takeRun(int pages) {
    int page = runs.take(pages);
    if (page != RunCache.NONE) {
      idlePages -= pages;
    }
    return page;
  }

  /**
   * Takes the oldest kept runs, so many pages of them if there are as many, to be released. None
   * while all idle pages are within the slack.
   */
  Gathered giveUpRuns(int pages) {
    if (runs.isEmpty() || idlePages <= owners.slack()) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    gatherRuns(gathered, pages);
    return gathered;
  }

  private void gatherRuns(Gathered gathered, int pages) {
    for (int given = 0; given < pages && !runs.isEmpty(); ) {
      Run oldest = takeOldestRun();
      gathered.runs.add(oldest);
      given += oldest.pages;
    }
  }

  /** Adds a new zone, and takes a block of it that is charged already. */
  long adopt(Zone zone, TypeLedger ledger) {
    zone.owner = this;
    remember(zone);
    long offset = zone.take(ledger.id());
    if (owners.isCleared(zone)) {
      zone.apart = Zone.FOR_WINDOW;
      link(zone);
    } else if (zone.freeCount > 0) {
      zone.apart = owners.anyWaiting() ? Zone.FOR_WAITERS : Zone.FOR_ANYBODY;
      link(zone);
    }
    return offset;
  }

  /**
   * Takes a block that is charged already of a zone that is apart.
   *
   * @param mayUse what the caller may use, as {@link PageQueues#mayUse} says
   * @return where it begins, or {@link #NONE}
   */
  long takeApart(TypeLedger ledger, int sizeClass, int mayUse) {
    for (Zone z = heads[APART]; z != null; z = zoneOrNull(z.next)) {
      boolean forWindow = z.apart == Zone.FOR_WINDOW;
      boolean may = (mayUse & (forWindow ? PageQueues.IN_WINDOW : PageQueues.OF_WAITERS)) != 0;
      if (z.sizeClass == sizeClass && z.freeCount > 0 && may) {
        if (!forWindow && (z.freeCount == 1 || (mayUse & PageQueues.NOBODY_WAITS) != 0)) {
          unlink(z);
          z.apart = Zone.FOR_ANYBODY;
          if (z.freeCount > 1) {
            link(z);
          }
        }
        return z.take(ledger.id());
      }
    }
    return NONE;
  }

  /** Changes whom the blocks of a zone are for that has some, or is for a window. */
  private void moveTo(Zone zone, int apart) {
    if (zone.apart != apart) {
      if (zone.freeCount > 0 || zone.apart == Zone.FOR_WINDOW) {
        unlink(zone);
      }
      zone.apart = apart;
      if (zone.freeCount > 0 || apart == Zone.FOR_WINDOW) {
        link(zone);
      }
    }
  }

  /** Takes zones off their lists, if they are still this owner's and not on their way out. */
  void withdraw(List<Zone> zones) {
    for (Zone zone : zones) {
      if (!zone.isEmpty() && isHere(zone)) {
        moveTo(zone, Zone.FOR_WINDOW);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // identity is what counts
  private boolean isHere(Zone zone) {
    return zone.owner == this && zoneOf[zone.firstPage] == zone;
  }

  /** Puts all zones that were withdrawn for a window on their lists again. */
  Gathered restoreWithdrawn() {
    if (heads[APART] == null) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    int apart = owners.anyWaiting() ? Zone.FOR_WAITERS : Zone.FOR_ANYBODY;
    for (Zone z = heads[APART]; z != null; ) {
      Zone behind = zoneOrNull(z.next);
      if (z.apart == Zone.FOR_WINDOW) {
        moveTo(z, apart);
        if (z.freeCount > 0) {
          gathered.classes.set(z.sizeClass);
        } else {
          z.apart = Zone.FOR_ANYBODY;
        }
      }
      z = behind;
    }
    return gathered;
  }

  /** How many bytes the zones of a class have. */
  long bytesOfClass(int sizeClass) {
    return (long) blocksOfClass[sizeClass] * SizeClasses.size(sizeClass);
  }

  private void remember(Zone zone) {
    blocksOfClass[zone.sizeClass] += zone.blocks;
    ready.classHas(zone.sizeClass, zone.pages);
  }

  private void forget(Zone zone) {
    unlink(zone);
    blocksOfClass[zone.sizeClass] -= zone.blocks;
    ready.classHas(zone.sizeClass, -zone.pages);
  }

  /** Tells this owner that a zone of it has blocks freed from elsewhere. Any thread. */
  void tell(Zone zone) {
    freedElsewhere.offer(zone);
    TOLD.setVolatile(this, TELL); // after the offer: who clears it has seen the zone, or will
  }

  /**
   * Shuts the short path: a block was freed from elsewhere, and who is to tell of its zone may not
   * have done it yet. Any thread.
   */
  void shut() {
    if ((long) TOLD.getVolatile(this) == 0) {
      TOLD.setVolatile(this, TELL);
    }
  }

  /**
   * Takes in what was freed from elsewhere, and hands out the idle zones too if asked.
   *
   * @param wanted a class whose zones stay even if they are empty now, since a block of it is what
   *     the caller wants; or {@link #NO_CLASS}
   */
  Gathered drain(boolean idleToo, int wanted) {
    // Before the queue is looked at. Who waits was counted before it called this owner in.
    long before = (long) TOLD.getAndSet(this, owners.anyWaiting() ? TELL : 0L);
    if (before != 0) {
      // What was freed from elsewhere may be out, and its zone not be in the queue yet. Nobody says
      // so between the look and the store: it would be undone.
      forgetOut();
    }
    if (freedElsewhere.isEmpty() && !(idleToo && (idlePages > 0 || ready.any()))) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    // Before the remote frees are looked at: one of a ready block is a second free.
    callInReady(gathered, wanted, idleToo);
    drainQueue(freedElsewhere, gathered, wanted);
    if (idleToo && idlePages > 0) {
      gatherRuns(gathered, Integer.MAX_VALUE);
      for (Zone head : heads) {
        for (Zone zone = head; zone != null; ) {
          Zone behind = zoneOrNull(zone.next);
          if (zone.isEmpty()) {
            idlePages -= zone.pages;
            forget(zone);
            gathered.empty.add(zone);
          }
          zone = behind;
        }
      }
    }
    return gathered;
  }

  private void forgetOut() {
    for (int i = 0; i < ready.count(); i++) {
      ready.account(i).forgetOut();
    }
  }

  private void drainHere() {
    owners.settle(drain(true, NO_CLASS), this);
  }

  /** Takes in what was told to an owner that went offline after its zones had come here. */
  Gathered drainFor(ZoneOwner gone) {
    Gathered gathered = new Gathered();
    callInReady(gathered, NO_CLASS, false); // first, as in any drain
    drainQueue(gone.freedElsewhere, gathered, NO_CLASS);
    return gathered;
  }

  private void drainQueue(
      MpscUnboundedAtomicArrayQueue<Zone> queue, Gathered gathered, int wanted) {
    for (Zone zone = queue.relaxedPoll(); zone != null; zone = queue.relaxedPoll()) {
      int drained = zone.drain();
      if (drained > 0) {
        gathered.classes.set(zone.sizeClass);
        if (freed(zone, drained, zone.sizeClass == wanted)) {
          gathered.empty.add(zone);
        }
      }
    }
  }

  /** A run of pages. */
  record Run(int page, int pages) {}

  /** What a drain has brought, to be dealt with after the critical section or the lock is left. */
  static final class Gathered {
    /** Never added to: the answer of most drains. */
    private static final Gathered NOTHING = new Gathered();

    /** Zones that are empty and off their owner: their pages are to be released. */
    final List<Zone> empty = new ArrayList<>(0);

    /** Runs that were kept and are to be released. */
    final List<Run> runs = new ArrayList<>(0);

    /** Classes of which blocks have become free. */
    final BitSet classes = new BitSet();

    /** Whether it is the answer of a drain that found nothing to do. */
    @SuppressWarnings("ReferenceEquality") // there is one
    boolean isNothing() {
      return this == NOTHING;
    }
  }

  /** Moves all zones to another owner, whose lock the caller has. */
  Gathered handOver(ZoneOwner to, Iterable<Zone> all) {
    Gathered gathered = new Gathered();
    callInReady(gathered, NO_CLASS, true);
    for (Zone empty : gathered.empty) {
      empty.owner = to; // on nobody's list, and about to be released
    }
    gatherRuns(gathered, Integer.MAX_VALUE);
    heir = to;
    for (Zone zone : all) {
      if (zone.owner == this) {
        boolean listed = zone.freeCount > 0 || zone.apart == Zone.FOR_WINDOW;
        if (listed) {
          unlink(zone);
        }
        zone.owner = to;
        to.remember(zone);
        if (listed) {
          to.link(zone);
          gathered.classes.set(zone.sizeClass);
        }
        if (zone.isEmpty()) {
          to.idlePages += zone.pages;
        }
      }
    }
    idlePages = 0;
    if (to.hasTooManyReady()) {
      to.callInReady(gathered, NO_CLASS, true);
    }
    return gathered;
  }

  /** The owners that this is one of. */
  Owners owners() {
    return owners;
  }

  /** A second free of a free block was found: what it was credited with is taken back. */
  void lateDoubleFree(int typeId, long bytes) {
    owners.lateDoubleFree(typeId, bytes, slot);
  }

  private static int listOf(Zone zone) {
    return zone.apart == Zone.FOR_ANYBODY ? zone.sizeClass : APART;
  }

  private void link(Zone zone) {
    int list = listOf(zone);
    int tail = tails[list];
    zone.previous = tail;
    zone.next = Zone.NONE;
    if (tail == Zone.NONE) {
      heads[list] = zone;
    } else {
      zoneAt(tail).next = zone.firstPage;
    }
    tails[list] = zone.firstPage;
  }

  private void unlink(Zone zone) {
    int list = listOf(zone);
    int before = zone.previous;
    int behind = zone.next;
    if (before == Zone.NONE) {
      heads[list] = zoneOrNull(behind);
    } else {
      zoneAt(before).next = behind;
    }
    if (behind == Zone.NONE) {
      tails[list] = before;
    } else {
      zoneAt(behind).previous = before;
    }
    zone.next = Zone.NONE;
    zone.previous = Zone.NONE;
  }

  /** Whether a zone is on this owner's list; for checks. */
  boolean lists(Zone zone) {
    for (Zone z = heads[listOf(zone)]; z != null; z = zoneOrNull(z.next)) {
      if (z == zone) {
        return true;
      }
    }
    return false;
  }

  /** Whether a drain would bring pages or blocks; a look from elsewhere, of the moment. */
  boolean hasIdle() {
    return idlePages > 0 || !freedElsewhere.isEmpty() || ready.any();
  }

  /** How many pages the owner's empty zones have. */
  int idlePages() {
    return idlePages;
  }
}
