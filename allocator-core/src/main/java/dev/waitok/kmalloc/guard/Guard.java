package dev.waitok.kmalloc.guard;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.slab.BlockInfo;
import dev.waitok.kmalloc.slab.Slabs;
import dev.waitok.kmalloc.slab.TypeLedger;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.PageQueues;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blocks whose misuse is found: between red zones, poisoned when freed, and kept for a while. */
public final class Guard {
  /*
   * 1 Problem. Zones find a wrong free by themselves, but not a write past a block's end or after its
   *   free, and they know nobody's name. To find those costs memory and time, so it is done for types,
   *   or samples, that somebody chose, and must cost the others nothing.
   *
   * 2 Vocabulary. A *guarded* block is a larger one of the slabs with the owner's bytes inside it
   *   (GuardLayout), and a record on the heap (Guarded). The *quarantine* has those that were freed.
   *
   * 3 Why the others pay nothing. In the zone's marks a guarded block is one of the guard's own type
   *   from its birth on, and its owner's bytes do not begin where it begins. So a free of it fails
   *   the tests that every free makes, and only then is the guard asked.
   *
   * 4 Life of a block. Allocated as a larger one; relabelled; zones drawn; recorded. Freed: the record
   *   moves on by compare-and-set, so of two frees one is named; the scope of its segment closes; the
   *   zones are looked at; its bytes are poisoned; its charge moves from its type to the guard's; it
   *   goes into quarantine. When it comes out, zones and poison are looked at, and it is a free of the
   *   guard's type like any other.
   *
   * 5 Pressure. The quarantine is memory that nobody uses. Whoever finds no page calls it in, before
   *   CACHE is touched and whatever the caller is: all that it does then is free blocks, which
   *   everybody may. A block that is freed while somebody stands in line is not kept. So no wait
   *   and no refusal is the quarantine's.
   *
   * 6 Ownership and memory order. A record's state says whose the memory is: nobody else's writes are
   *   right while it is LIVE or QUARANTINED. A walk looks at the bytes first, then at the state
   *   again: damage counts if the state is the same.
   *
   * 7 Costs. A guarded pair: two stack walks, the owner's bytes written twice and read once, and, if
   *   there was a segment, the end of its scope, for which the JVM stops each thread for an instant.
   *   Nothing blocks on a lock. Memory: 128 bytes a block at least.
   *
   * 8 References. J. Bonwick, "The Slab Allocator" (1994), 6 on debugging; Linux' KASAN (quarantine)
   *   and KFENCE (samples).
   */
  private final MemorySegment memory;
  private final Slabs slabs;
  private final Callers callers;
  private final PageQueues queues;
  private final TypeLedger own;
  private final GuardedBlocks blocks;
  private final Quarantine quarantine;
  private final Findings findings;
  private volatile boolean closed;

  /**
   * A guard without blocks.
   *
   * @param own the ledger that is charged for what is in quarantine
   * @param quarantineBytes how much that may be
   * @param told who is told of damage, on a thread of its own
   */
  public Guard(
      PageArena arena,
      Slabs slabs,
      Callers callers,
      PageQueues queues,
      TypeLedger own,
      long quarantineBytes,
      Consumer<? super Damage> told) {
    this.memory = arena.memory();
    this.slabs = slabs;
    this.callers = callers;
    this.queues = queues;
    this.own = own;
    this.blocks = new GuardedBlocks(arena.pages(), arena.pageShift());
    this.quarantine = new Quarantine(quarantineBytes);
    this.findings = new Findings(callers, told);
    slabs.alsoGivesUp(this::callIn);
  }

  /** What became of a free. */
  public enum Freed {
    /** It was right. */
    FREED,
    /** Somebody else's free came first. */
    DOUBLE,
    /** A native call uses the block at the moment; nothing was changed. */
    IN_USE
  }

  /**
   * Makes a block of the slabs a guarded one.
   *
   * @param start where it begins
   * @param left how many bytes lie before the owner's
   * @param size how many are the owner's
   * @param zeroed whether they are to be zero
   * @return where the owner's bytes begin
   */
  public long adopt(
      TypeLedger ledger, long start, long left, long size, boolean zeroed, Site site) {
    Guarded block = null;
    try {
      long total = slabs.inspect(start).bytes();
      block =
          new Guarded(ledger, start, total, start + left, size, site, callers.base().nanoTime());
    } finally {
      if (block == null) {
        int _ = slabs.free(start, ledger);
      }
    }
    if (!slabs.relabel(start, ledger, own)) {
      throw new IllegalStateException(
          "the block at offset "
              + start
              + " of type "
              + ledger.name()
              + " was freed by somebody else, by an offset of an earlier block there, before it"
              + " could be guarded: size="
              + size);
    }
    GuardLayout.drawZones(memory, block);
    memory.asSlice(block.offset, size).fill(zeroed ? 0 : GuardLayout.FRESH);
    blocks.add(block);
    return block.offset;
  }

  /** The guarded block that an offset is in, its zones included, or null. */
  public @Nullable Guarded find(long offset) {
    BlockInfo info = slabs.inspect(offset);
    return info.typeId() == own.id() ? blocks.startingAt(info.start()) : null;
  }

  /** The guarded block whose owner's bytes begin at an offset, or null; for others, soon. */
  public @Nullable Guarded findAt(long offset) {
    Guarded block = blocks.mayBegin(offset) ? find(offset) : null;
    return block != null && block.offset == offset ? block : null;
  }

  /** The segment of a block, which throws once the block is freed. */
  public MemorySegment segment(Guarded block) {
    MemorySegment segment = block.segment(memory);
    if (closed) {
      block.closeScope(); // it may have been made when all others had been closed already
    }
    return segment;
  }

  /**
   * Frees a live block: from now on its segments throw, its bytes are poison, and its memory is not
   * used again for a while. What damage was found is in the record.
   */
  public Freed free(Guarded block, boolean zeroing, Site site) {
    if (!block.move(Guarded.LIVE, Guarded.FREEING)) {
      return Freed.DOUBLE;
    }
    try {
      block.closeScope();
    } catch (IllegalStateException e) {
      boolean _ = block.move(Guarded.FREEING, Guarded.LIVE);
      return Freed.IN_USE;
    }
    Damage damage = zoneDamage(block);
    block.freedAt(site, zeroing ? 0 : GuardLayout.FREED, damage);
    if (damage != null) {
      findings.add(damage);
      GuardLayout.drawZones(memory, block);
    }
    memory.asSlice(block.offset, block.size).fill(block.poison());
    slabs.recharge(block.total, block.ledger, own);
    boolean _ = block.move(Guarded.FREEING, Guarded.QUARANTINED);
    quarantine.put(block);
    boolean unusedReleased = release(queues.anyWaiting());
    return Freed.FREED;
  }

  /** Gives all that is in quarantine back to the slabs; true if there was something. */
  public boolean callIn() {
    return release(true);
  }

  private boolean release(boolean all) {
    boolean released = false;
    for (Guarded b = quarantine.poll(all); b != null; b = quarantine.poll(all)) {
      Damage damage = damage(b);
      if (damage != null) {
        findings.add(damage);
      }
      blocks.remove(b);
      boolean _ = b.move(Guarded.QUARANTINED, Guarded.GONE);
      int _ = slabs.free(b.start, own);
      released = true;
    }
    return released;
  }

  /**
   * Looks at the zones of all live blocks, and at all bytes of those in quarantine.
   *
   * @return what is damaged, one for each block and kind
   */
  public List<Damage> check() {
    List<Damage> found = new ArrayList<>();
    blocks.forEach(
        block -> {
          boolean live = block.is(Guarded.LIVE);
          Damage damage = live || block.is(Guarded.QUARANTINED) ? damage(block) : null;
          VarHandle.fullFence();
          if (damage != null && block.is(live ? Guarded.LIVE : Guarded.QUARANTINED)) {
            found.add(damage);
          }
        });
    return found;
  }

  private @Nullable Damage damage(Guarded block) {
    if (block.is(Guarded.QUARANTINED)) {
      long at = GuardLayout.firstOther(memory, block.offset, block.end(), block.poison());
      if (at >= 0) {
        return damage(Damage.Kind.USE_AFTER_FREE, block, at);
      }
    }
    return zoneDamage(block);
  }

  private @Nullable Damage zoneDamage(Guarded block) {
    long right = GuardLayout.damagedRight(memory, block);
    if (right >= 0) {
      return damage(Damage.Kind.OVERFLOW, block, right);
    }
    long left = GuardLayout.damagedLeft(memory, block);
    return left >= 0 ? damage(Damage.Kind.UNDERFLOW, block, left) : null;
  }

  private Damage damage(Damage.Kind kind, Guarded block, long at) {
    return new Damage(kind, block, at, memory.get(ValueLayout.JAVA_BYTE, at));
  }

  /** The live blocks, in no order. */
  public List<Guarded> live() {
    List<Guarded> live = new ArrayList<>();
    blocks.forEach(
        block -> {
          if (block.is(Guarded.LIVE)) {
            live.add(block);
          }
        });
    return live;
  }

  /** How many times damage was found. */
  public long damages() {
    return findings.count();
  }

  /** Bytes in quarantine, by the size of the blocks. */
  public long quarantined() {
    return quarantine.bytes();
  }

  /** The time, as the records have it. */
  public long now() {
    return callers.base().nanoTime();
  }

  /** Tells what is not told yet, and ends the thread that tells. */
  public void close(Caller caller) {
    findings.close(caller);
  }

  /**
   * Ends the scope of every block: the arena is about to go.
   *
   * @throws IllegalStateException if a native call uses a block at the moment
   */
  public void closeScopes() {
    closed = true;
    blocks.forEach(Guarded::closeScope);
  }
}
