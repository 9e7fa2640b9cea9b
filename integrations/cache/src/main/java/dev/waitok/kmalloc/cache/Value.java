package dev.waitok.kmalloc.cache;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A block with its readers counted: freed by whoever lets go of it last. */
final class Value {
  /*
   * State, in one int: the bit KEPT while the cache has it, and below it how many readers.
   *
   *   KEPT + r -> KEPT + r+1   borrow; never without KEPT, so none comes after it was dropped
   *   KEPT + r -> r            drop, once; frees if r = 0
   *          r -> r-1          giveBack; frees if it reaches 0
   *
   * I1  The block is live while the state is not 0, and freed once, by who made it 0.
   */
  private static final int KEPT = 1 << 30;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Value.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Blocks blocks;
  private final MemorySegment contents;
  private final int usableSize;

  @SuppressWarnings("unused") // by STATE
  private volatile int state = KEPT;

  /** In the list of {@link Dropped}; guarded by who has the list. */
  @Nullable Value next;

  /**
   * One that is kept and that nobody reads.
   *
   * @param contents read-only, a whole block
   */
  Value(Blocks blocks, MemorySegment contents, int usableSize) {
    this.blocks = blocks;
    this.contents = contents;
    this.usableSize = usableSize;
  }

  /** The block, read-only; for who has borrowed it, and who frees it. */
  MemorySegment contents() {
    return contents;
  }

  int usableSize() {
    return usableSize;
  }

  /** What the policy counts it as: an empty one counts, too, since one of weight 0 would stay. */
  int weight() {
    return Math.max(1, usableSize);
  }

  boolean isBorrowed() {
    return (state & ~KEPT) != 0;
  }

  /** Keeps it from being freed until {@link #giveBack}; or false: the cache has dropped it. */
  boolean borrow() {
    for (int seen = state; (seen & KEPT) != 0; seen = state) {
      if (STATE.compareAndSet(this, seen, seen + 1)) {
        return true;
      }
    }
    return false;
  }

  void giveBack() {
    if ((int) STATE.getAndAdd(this, -1) == 1) {
      blocks.free(this);
    }
  }

  /** The cache has it no more; again does nothing. */
  void drop() {
    if ((int) STATE.getAndBitwiseAnd(this, ~KEPT) == KEPT) {
      blocks.free(this);
    }
  }
}
