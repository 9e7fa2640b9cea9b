package dev.waitok.kmalloc.guard;

import dev.waitok.kmalloc.slab.TypeLedger;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record of one guarded block.
 *
 * <pre>
 *   LIVE        -> FREEING      // the one free that is right
 *   FREEING     -> LIVE         // refused: a native call uses the block
 *   FREEING     -> QUARANTINED  // poisoned
 *   QUARANTINED -> GONE         // its memory is the slabs' again, or about to be
 * </pre>
 */
public final class Guarded {
  static final int LIVE = 0;
  static final int FREEING = 1;
  static final int QUARANTINED = 2;
  static final int GONE = 3;

  private static final VarHandle STATE;
  private static final VarHandle SCOPED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Guarded.class, "state", int.class);
      SCOPED = lookup.findVarHandle(Guarded.class, "scoped", Scoped.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final TypeLedger ledger;
  final long start;
  final long total;
  final long offset;
  final long size;
  final Site allocated;
  final long since;
  private volatile int state = LIVE;
  private volatile @Nullable Site freed;
  private byte poison;
  private @Nullable Damage damage;
  private volatile @Nullable Scoped scoped;

  /** The next record of the same page; guarded by the page's lock, read by anybody. */
  volatile @Nullable Guarded next;

  /** The next record in quarantine; guarded by its lock. */
  @Nullable Guarded after;

  /** A segment and what ends it. */
  private record Scoped(Arena scope, MemorySegment segment) {}

  Guarded(
      TypeLedger ledger,
      long start,
      long total,
      long offset,
      long size,
      Site allocated,
      long since) {
    this.ledger = ledger;
    this.start = start;
    this.total = total;
    this.offset = offset;
    this.size = size;
    this.allocated = allocated;
    this.since = since;
  }

  long end() {
    return offset + size;
  }

  boolean is(int expected) {
    return state == expected;
  }

  boolean move(int from, int to) {
    return STATE.compareAndSet(this, from, to);
  }

  /** Its owner's bytes in a scope of their own, the same one each time. */
  @SuppressWarnings("restricted")
  MemorySegment segment(MemorySegment memory) {
    Scoped made = scoped;
    if (made == null) {
      Arena own = Arena.ofShared();
      made = new Scoped(own, memory.asSlice(offset, size).reinterpret(own, null));
      if (!SCOPED.compareAndSet(this, null, made)) {
        made = Objects.requireNonNull(scoped);
      }
    }
    return made.segment;
  }

  /**
   * Ends the scope: every later access through its segments throws.
   *
   * @throws IllegalStateException if a native call uses it at the moment
   */
  void closeScope() {
    Scoped made = scoped;
    if (made != null && made.scope.scope().isAlive()) {
      made.scope.close();
    }
  }

  /** Notes who frees it and how; by who frees it. */
  void freedAt(Site site, byte poisonByte, @Nullable Damage found) {
    freed = site;
    poison = poisonByte;
    damage = found;
  }

  /** What all its bytes are since it was freed. */
  byte poison() {
    return poison;
  }

  /** The damage that its free found; for who freed it. */
  public @Nullable Damage damage() {
    return damage;
  }

  /** Its type. */
  public TypeLedger ledger() {
    return ledger;
  }

  /** Where its owner's bytes begin. */
  public long offset() {
    return offset;
  }

  /** How many bytes were asked for. */
  public long size() {
    return size;
  }

  /** How many bytes its type is charged for: the zones' too. */
  public long total() {
    return total;
  }

  /** Who allocated it. */
  public Site allocated() {
    return allocated;
  }

  /** Who freed it, if somebody did. */
  public @Nullable Site freed() {
    return freed;
  }

  /** Whether it is its owner's. */
  public boolean isLive() {
    return state == LIVE;
  }

  /** When it was allocated. */
  public long since() {
    return since;
  }
}
