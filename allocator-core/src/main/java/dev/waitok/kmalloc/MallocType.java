package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.slab.TypeLedger;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A kind of use of memory, with a name, a limit and statistics; and the usual way to call kmalloc.
 *
 * <p>Made by {@link Kmalloc#type(String)}. All calls may be made from any thread, except that a
 * caller that may not block (a hard section, a spin lock's holder, an IPI function, a pager) is
 * refused by the calls that may wait. A block is freed with the type it was allocated with, from
 * any thread.
 *
 * <p>Memory is charged by the size of the block that serves a request: see {@link
 * #usableSize(long)}.
 */
public final class MallocType {
  /** Replaced while somebody observes the calls. */
  private Calls calls;

  private final TypeLedger ledger;

  /** The ledger's, which the short path then need not look into. */
  private final int typeId;

  private final @Nullable MallocGroup group;

  MallocType(Calls calls, TypeLedger ledger, @Nullable MallocGroup group) {
    this.calls = calls;
    this.ledger = ledger;
    this.typeId = ledger.id();
    this.group = group;
  }

  TypeLedger ledger() {
    return ledger;
  }

  int typeId() {
    return typeId;
  }

  Calls calls() {
    return calls;
  }

  void use(Calls newCalls) {
    calls = newCalls;
  }

  /**
   * The type's name.
   *
   * @return the name
   */
  public String name() {
    return ledger.name();
  }

  /**
   * The limit.
   *
   * @return the most bytes that may be in use, {@link Long#MAX_VALUE} for no limit
   */
  public long limit() {
    return ledger.budget().limit();
  }

  /**
   * The group whose limit its blocks count against, too.
   *
   * @return the group, or null for none
   */
  public @Nullable MallocGroup group() {
    return group;
  }

  /**
   * What is reserved for it in its group.
   *
   * @return in bytes
   */
  public long reservation() {
    return ledger.budget().reserved();
  }

  /**
   * Sets how much of its group's limit is kept for this type, whatever the others use. It is a
   * right within limits and no memory: that pages are there at once is only sure where the limits
   * of all groups fit into the arena together.
   *
   * @param bytes how much, in bytes; 0 for nothing
   * @throws IllegalStateException if it is in no group
   * @throws IllegalArgumentException if that is negative, or more than its own limit
   * @throws LimitReachedException if the group, or one above, has not so much left; nothing has
   *     changed then
   */
  public void reservation(long bytes) {
    MallocGroup.reserve("type " + name(), ledger.budget(), group, bytes);
  }

  /**
   * Sets the limit. Of a lower one each cpu learns at its next preemption point; until then it may
   * use the credit it has drawn, at most 128 KiB and a 64th of the old limit. What is in use above
   * a lower limit stays; nothing more is given until enough is freed.
   *
   * @param bytes the new limit, not negative
   */
  public void limit(long bytes) {
    if (bytes < 0) {
      throw Failures.negativeSize(bytes);
    }
    calls.kmalloc().limit(ledger.budget(), bytes);
  }

  /**
   * What has been used so far.
   *
   * @return the figures; exact while nobody allocates or frees
   */
  public TypeStatistics statistics() {
    return new TypeStatistics(
        name(),
        group == null ? null : group.name(),
        limit(),
        reservation(),
        ledger.inUse(),
        ledger.bytes(),
        ledger.peakBytes(),
        ledger.requests(),
        ledger.failures(),
        ledger.waits(),
        ledger.switchAways());
  }

  /**
   * Memory, with {@code M_WAITOK}: {@link #kmalloc(long, int)}.
   *
   * @param size in bytes
   * @return a segment of this size
   */
  public MemorySegment kmalloc(long size) {
    return calls.segment(calls.kmalloc(this, size), size);
  }

  /**
   * Memory, sooner or later: waits for pages if need be, switches away first if the caller
   * preempts.
   *
   * @param size in bytes; 0 gives a distinct empty segment
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return a segment of this size, never null
   * @throws LimitReachedException at the type's limit
   * @throws CannotBlockException if the caller may not block
   * @throws RequestTooLargeException if no wait could serve it
   * @throws KmallocClosedException if the allocator is closed, or is while it waits
   */
  public MemorySegment kmalloc(long size, int flags) {
    return calls.segment(calls.kmalloc(this, size, flags), size);
  }

  /**
   * Memory within a time, with {@code M_WAITOK}: {@link #kmalloc(long, int, Duration)}.
   *
   * @param size in bytes
   * @param timeout how long to wait at most
   * @return a segment of this size, never null
   */
  public MemorySegment kmalloc(long size, Duration timeout) {
    return kmalloc(size, M_WAITOK, timeout);
  }

  /**
   * {@link #kmalloc(long, int)} that gives up after a time. It stands in the same line as waits
   * without one. Makes a request at each call: for callers who expect to wait.
   *
   * @param size in bytes; 0 gives a distinct empty segment
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @param timeout how long to wait at most; 0 takes what there is, CACHE pages too
   * @return a segment of this size, never null
   * @throws KmallocTimeoutException if there was no memory in time; nothing was changed
   * @throws LimitReachedException at the type's limit
   * @throws CannotBlockException if the caller may not block
   * @throws RequestTooLargeException if no wait could serve it
   * @throws KmallocClosedException if the allocator is closed, or is while it waits
   */
  public MemorySegment kmalloc(long size, int flags, Duration timeout) {
    return calls.segment(calls.waiting().kmalloc(this, size, flags, timeout), size);
  }

  /**
   * {@link #kmalloc(long, int, Duration)} as an offset.
   *
   * @param size in bytes
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @param timeout how long to wait at most
   * @return an offset into {@link Kmalloc#memory()}, or {@link Kmalloc#ZERO_SIZE} for size 0
   */
  public long kmallocAddress(long size, int flags, Duration timeout) {
    return calls.waiting().kmalloc(this, size, flags, timeout);
  }

  /**
   * {@link #kmalloc(long, int)} whose wait an interrupt of the thread ends.
   *
   * @param size in bytes
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return a segment of this size, never null
   * @throws InterruptedException if the thread is interrupted while it waits; its status is cleared
   */
  public MemorySegment kmallocInterruptibly(long size, int flags) throws InterruptedException {
    return kmallocInterruptibly(size, flags, Kmalloc.FOREVER);
  }

  /**
   * {@link #kmalloc(long, int, Duration)} whose wait an interrupt of the thread ends.
   *
   * @param size in bytes
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @param timeout how long to wait at most
   * @return a segment of this size, never null
   * @throws InterruptedException if the thread is interrupted while it waits; its status is cleared
   * @throws KmallocTimeoutException if there was no memory in time
   */
  public MemorySegment kmallocInterruptibly(long size, int flags, Duration timeout)
      throws InterruptedException {
    return calls.segment(calls.waiting().kmallocInterruptibly(this, size, flags, timeout), size);
  }

  /**
   * A future of a block, with {@code M_WAITOK}: {@link #kmallocAsync(long, int)}.
   *
   * @param size in bytes
   * @return a future of a segment of this size
   */
  public CompletableFuture<MemorySegment> kmallocAsync(long size) {
    return kmallocAsync(size, M_WAITOK);
  }

  /**
   * A block now or later, for callers that may not wait. The request stands in the same line as
   * threads that wait, and the block is the caller's when the future completes. Never blocks, from
   * any thread in any section.
   *
   * <p>What depends on the future runs on a service thread of the allocator, or in the caller if
   * there was memory at once; it must not block there, and a call that may wait for memory is
   * refused: use the {@code Async} forms with an executor of your own. A future that is cancelled,
   * timed out or completed by somebody else leaves the line, and its memory is not lost.
   *
   * @param size in bytes; 0 gives a distinct empty segment
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return a future of a segment of this size; it fails with what kmalloc would throw
   */
  public CompletableFuture<MemorySegment> kmallocAsync(long size, int flags) {
    return calls.waiting().kmallocAsync(this, size, flags);
  }

  /**
   * Memory now, with {@code M_NOWAIT}: {@link #tryKmalloc(long, int)}.
   *
   * @param size in bytes
   * @return a segment of this size, or null
   */
  public @Nullable MemorySegment tryKmalloc(long size) {
    return tryKmalloc(size, M_NOWAIT);
  }

  /**
   * Memory now, or null at a floor of the page queues or at the type's limit.
   *
   * @param size in bytes; 0 gives a distinct empty segment
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return a segment of this size, or null
   * @throws RequestTooLargeException if the arena could never serve it
   * @throws KmallocClosedException if the allocator is closed
   */
  public @Nullable MemorySegment tryKmalloc(long size, int flags) {
    long offset = calls.tryKmalloc(this, size, flags);
    return offset == Kmalloc.NULL ? null : calls.segment(offset, size);
  }

  /**
   * {@link #kmalloc(long)} as an offset, which makes no garbage.
   *
   * @param size in bytes
   * @return an offset into {@link Kmalloc#memory()}, or {@link Kmalloc#ZERO_SIZE} for size 0
   */
  public long kmallocAddress(long size) {
    return calls.kmalloc(this, size);
  }

  /**
   * {@link #kmalloc(long, int)} as an offset.
   *
   * @param size in bytes
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return an offset into {@link Kmalloc#memory()}, or {@link Kmalloc#ZERO_SIZE} for size 0
   */
  public long kmallocAddress(long size, int flags) {
    return calls.kmalloc(this, size, flags);
  }

  /**
   * {@link #tryKmalloc(long)} as an offset.
   *
   * @param size in bytes
   * @return an offset into {@link Kmalloc#memory()}, {@link Kmalloc#ZERO_SIZE} for size 0, or
   *     {@link Kmalloc#NULL}
   */
  public long tryKmallocAddress(long size) {
    return calls.tryKmalloc(this, size, M_NOWAIT);
  }

  /**
   * {@link #tryKmalloc(long, int)} as an offset.
   *
   * @param size in bytes
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return an offset into {@link Kmalloc#memory()}, {@link Kmalloc#ZERO_SIZE} for size 0, or
   *     {@link Kmalloc#NULL}
   */
  public long tryKmallocAddress(long size, int flags) {
    return calls.tryKmalloc(this, size, flags);
  }

  /**
   * Frees a block. Never blocks.
   *
   * @param block what kmalloc gave, or a slice of it from its first byte on
   * @throws InvalidFreeException if that is no live block of this type
   */
  public void kfree(MemorySegment block) {
    calls.free(calls.offset(block), this, "kfree");
  }

  /**
   * Frees a block. Never blocks.
   *
   * @param offset what kmallocAddress gave
   * @throws InvalidFreeException if no live block of this type begins there
   */
  public void kfree(long offset) {
    calls.free(offset, this, "kfree");
  }

  /**
   * Gives a block another size, moving its contents if it must move.
   *
   * @param block what kmalloc gave
   * @param size the new size; 0 frees the block
   * @param flags a set of kmalloc's in {@link MallocFlags} without modifiers
   * @return a segment of the new size; the old one is no longer valid
   * @throws InvalidFreeException if the block is no live block of this type
   * @throws LimitReachedException at the type's limit; the old block stays
   */
  public MemorySegment krealloc(MemorySegment block, long size, int flags) {
    return calls.segment(calls.resize(calls.offset(block), size, this, flags, true), size);
  }

  /**
   * {@link #krealloc(MemorySegment, long, int)} without wait.
   *
   * @param block what kmalloc gave
   * @param size the new size; 0 frees the block
   * @param flags a set of tryKmalloc's in {@link MallocFlags} without modifiers
   * @return a segment of the new size; or null, and the old one stays
   */
  public @Nullable MemorySegment tryKrealloc(MemorySegment block, long size, int flags) {
    long offset = calls.resize(calls.offset(block), size, this, flags, false);
    return offset == Kmalloc.NULL ? null : calls.segment(offset, size);
  }

  /**
   * {@link #krealloc(MemorySegment, long, int)} of an offset.
   *
   * @param offset what kmallocAddress gave
   * @param size the new size; 0 frees the block
   * @param flags a set of kmalloc's in {@link MallocFlags} without modifiers
   * @return the new offset
   */
  public long kreallocAddress(long offset, long size, int flags) {
    return calls.resize(offset, size, this, flags, true);
  }

  /**
   * {@link #tryKrealloc(MemorySegment, long, int)} of an offset.
   *
   * @param offset what kmallocAddress gave
   * @param size the new size; 0 frees the block
   * @param flags a set of tryKmalloc's in {@link MallocFlags} without modifiers
   * @return the new offset; or {@link Kmalloc#NULL}, and the old one stays
   */
  public long tryKreallocAddress(long offset, long size, int flags) {
    return calls.resize(offset, size, this, flags, false);
  }

  /**
   * How many bytes a block really has.
   *
   * @param offset what kmallocAddress gave
   * @return the size of the block, at least what was asked for
   * @throws InvalidFreeException if no live block of this type begins there
   */
  public long usableSize(long offset) {
    return offset == Kmalloc.ZERO_SIZE ? 0 : calls.usableSize(offset, this, "usableSize");
  }

  /**
   * How many bytes a block really has.
   *
   * @param block what kmalloc gave
   * @return the size of the block, at least what was asked for
   * @throws InvalidFreeException if it is no live block of this type
   */
  public long usableSize(MemorySegment block) {
    return usableSize(calls.offset(block));
  }

  /**
   * Who has blocks of this type, by the place that allocated them, where they are guarded.
   *
   * @return the report of the moment; without a leak if the type is not hardened
   */
  public LeakReport leaks() {
    return calls.kmalloc().leaks(this);
  }

  /**
   * Ends the type: its limit becomes 0, and its name is free for another type. Blocks that are live
   * still stay, are logged with who allocated them if they are guarded, and may be freed with it.
   *
   * @return who has blocks
   */
  public LeakReport close() {
    return calls.kmalloc().closeType(this);
  }

  /**
   * A block that frees itself when closed: {@code try (Block b = type.block(512))}.
   *
   * @param size in bytes
   * @return the block
   */
  public Block block(long size) {
    return new Block(this, kmalloc(size));
  }

  /**
   * An arena as {@link Arena#ofConfined}, whose segments are blocks of this type: only the calling
   * thread may use and close it, closing frees everything, and a segment used after that throws.
   *
   * <p>Its {@code allocate} gives zeroed memory and is a {@code kmalloc} with {@code M_WAITOK}: it
   * may wait, and throws what that throws. Needs native access for the module. A segment of it is
   * never freed by kfree.
   *
   * @return an open arena, which may be closed after the allocator
   * @throws KmallocClosedException if the allocator is closed
   * @throws IllegalCallerException if native access is denied to the module
   */
  public Arena confinedArena() {
    return TypeArena.confined(this, calls.arena());
  }

  /**
   * {@link #confinedArena} that all threads may use and close, as {@link Arena#ofShared}. Closing
   * throws {@link IllegalStateException} while another thread is inside an access to a segment. Do
   * not close it while others write: on JDKs with JDK-8364167 a write may come after the close, in
   * memory that is somebody else's by then.
   *
   * @return an open arena, which may be closed after the allocator
   * @throws KmallocClosedException if the allocator is closed
   * @throws IllegalCallerException if native access is denied to the module
   */
  public Arena sharedArena() {
    return TypeArena.shared(this, calls.arena());
  }

  /**
   * What the JDK's interfaces call kmalloc: each segment is a block, zeroed, that somebody frees
   * with {@link #kfree(MemorySegment)}; it is valid until the allocator is closed.
   *
   * @return an allocator for any thread that may wait
   */
  public SegmentAllocator segmentAllocator() {
    return (size, alignment) ->
        calls.segment(calls.kmallocAligned(this, size, alignment, M_WAITOK | M_ZERO), size);
  }

  @Override
  public String toString() {
    return statistics().toString();
  }
}
