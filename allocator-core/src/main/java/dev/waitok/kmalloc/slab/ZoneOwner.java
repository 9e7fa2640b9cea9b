package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.arena.ShortLock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One owner of zones: a scheduler's cpu, whose code touches them in a critical section, or a stripe
 * of the plain threads, under its lock. Nothing here is reached in both ways.
 *
 * <p>A zone that becomes empty is kept while it is the only one of its class and the idle share
 * allows it, so that a lone pair of kmalloc and kfree costs no page operation; others are handed to
 * the caller to be released after it has left the critical section or the lock.
 */
final class ZoneOwner {
  /** The zone owner of all stripes, as waiters know it: any of them serves a plain thread. */
  static final int STRIPES = -1;

  /** No class is wanted by who drains. */
  static final int NO_CLASS = -1;

  /** Nothing to be had; below it, the codes of {@link Slabs}. */
  static final long NONE = -1;

  final int slot;
  final int cpu;
  final @Nullable ShortLock lock;

  /** For a cpu to run in a hard section, which excludes every critical section there. */
  final Runnable drainTask = this::drainHere;

  private final Owners owners;
  private final @Nullable Zone[] heads = new @Nullable Zone[SizeClasses.COUNT];
  private final @Nullable Zone[] tails = new @Nullable Zone[SizeClasses.COUNT];
  private final int[] blocksOfClass = new int[SizeClasses.COUNT];
  private final MpscUnboundedAtomicArrayQueue<Zone> freedElsewhere =
      new MpscUnboundedAtomicArrayQueue<>(64);
  private int idlePages;

  /**
   * The owner that has this one's zones since it went offline. Set before they are handed over; a
   * freer that queues a zone here after that has the heir drain it.
   */
  volatile @Nullable ZoneOwner heir;

  ZoneOwner(Owners owners, int slot, int cpu, @Nullable ShortLock lock) {
    this.owners = owners;
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

  /** Takes and charges a block from a zone that is there; {@link #NONE} if there is none. */
  long take(TypeLedger ledger, int sizeClass) {
    Zone zone = heads[sizeClass];
    if (zone == null) {
      return NONE;
    }
    if (!ledger.charge(slot, zone.blockSize)) {
      return NONE;
    }
    return takeFrom(zone, ledger);
  }

  /** Takes a block that is charged already; {@link #NONE} if there is no zone with one. */
  long takeCharged(TypeLedger ledger, int sizeClass) {
    Zone zone = heads[sizeClass];
    return zone == null ? NONE : takeFrom(zone, ledger);
  }

  private long takeFrom(Zone zone, TypeLedger ledger) {
    if (zone.freeCount == zone.blocks) {
      idlePages -= zone.pages;
    }
    int block = zone.take(ledger.id());
    if (zone.freeCount == 0) {
      unlink(zone);
    }
    return zone.offsetOf(block);
  }

  /**
   * Frees a block of one of this owner's zones.
   *
   * @return true if the zone is empty now and has been taken off the owner: release its pages
   */
  boolean put(Zone zone, int block) {
    zone.put(block);
    return freed(zone, 1, false);
  }

  private boolean freed(Zone zone, int n, boolean wanted) {
    if (zone.freeCount == n) {
      link(zone);
    }
    if (zone.freeCount < zone.blocks) {
      return false;
    }
    boolean onlyOne = heads[zone.sizeClass] == zone && zone.next == null;
    boolean mayIdle = idlePages + zone.pages <= owners.idleShare() && !owners.anyWaiting();
    if ((wanted && heads[zone.sizeClass] == zone) || (onlyOne && mayIdle)) {
      idlePages += zone.pages;
      return false;
    }
    forget(zone);
    return true;
  }

  /** Adds a new zone, all free. */
  void adopt(Zone zone) {
    zone.owner = this;
    blocksOfClass[zone.sizeClass] += zone.blocks;
    idlePages += zone.pages;
    link(zone);
  }

  /** How many bytes the zones of a class have. */
  long bytesOfClass(int sizeClass) {
    return (long) blocksOfClass[sizeClass] * SizeClasses.size(sizeClass);
  }

  private void forget(Zone zone) {
    unlink(zone);
    blocksOfClass[zone.sizeClass] -= zone.blocks;
  }

  /** Tells this owner that a zone of it has blocks freed from elsewhere. Any thread. */
  void tell(Zone zone) {
    freedElsewhere.offer(zone);
  }

  /**
   * Takes in what was freed from elsewhere, and hands out the idle zones too if asked.
   *
   * @param wanted a class whose zones stay even if they are empty now, since a block of it is what
   *     the caller wants; or {@link #NO_CLASS}
   */
  Gathered drain(boolean idleToo, int wanted) {
    if (freedElsewhere.isEmpty() && !(idleToo && idlePages > 0)) {
      return Gathered.NOTHING;
    }
    Gathered gathered = new Gathered();
    drainQueue(freedElsewhere, gathered, wanted);
    if (idleToo && idlePages > 0) {
      for (Zone head : heads) {
        for (Zone zone = head; zone != null; ) {
          Zone behind = zone.next;
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

  private void drainHere() {
    owners.settle(drain(true, NO_CLASS), this);
  }

  /** Takes in what was told to an owner that went offline after its zones had come here. */
  Gathered drainFor(ZoneOwner gone) {
    Gathered gathered = new Gathered();
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

  /** What a drain has brought, to be dealt with after the critical section or the lock is left. */
  static final class Gathered {
    /** Never added to: the answer of most drains. */
    private static final Gathered NOTHING = new Gathered();

    /** Zones that are empty and off their owner: their pages are to be released. */
    final List<Zone> empty = new ArrayList<>(0);

    /** Classes of which blocks have become free. */
    final BitSet classes = new BitSet();
  }

  /** Moves all zones to another owner, whose lock the caller has. */
  Gathered handOver(ZoneOwner to, Iterable<Zone> all) {
    Gathered gathered = new Gathered();
    heir = to;
    for (Zone zone : all) {
      if (zone.owner == this) {
        boolean listed = zone.freeCount > 0;
        if (listed) {
          unlink(zone);
        }
        zone.owner = to;
        to.blocksOfClass[zone.sizeClass] += zone.blocks;
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
    return gathered;
  }

  /** A second free of a free block was found: what it was credited with is taken back. */
  void lateDoubleFree(int typeId, long bytes) {
    owners.lateDoubleFree(typeId, bytes, slot);
  }

  private void link(Zone zone) {
    int sizeClass = zone.sizeClass;
    Zone tail = tails[sizeClass];
    zone.previous = tail;
    zone.next = null;
    if (tail == null) {
      heads[sizeClass] = zone;
    } else {
      tail.next = zone;
    }
    tails[sizeClass] = zone;
  }

  private void unlink(Zone zone) {
    Zone before = zone.previous;
    Zone behind = zone.next;
    if (before == null) {
      heads[zone.sizeClass] = behind;
    } else {
      before.next = behind;
    }
    if (behind == null) {
      tails[zone.sizeClass] = before;
    } else {
      behind.previous = before;
    }
    zone.next = null;
    zone.previous = null;
  }

  /** Whether a zone is on this owner's list; for checks. */
  boolean lists(Zone zone) {
    for (Zone z = heads[zone.sizeClass]; z != null; z = z.next) {
      if (z == zone) {
        return true;
      }
    }
    return false;
  }

  /** Whether a drain would bring pages or blocks; a look from elsewhere, of the moment. */
  boolean hasIdle() {
    return idlePages > 0 || !freedElsewhere.isEmpty();
  }

  /** How many pages the owner's empty zones have. */
  int idlePages() {
    return idlePages;
  }
}
