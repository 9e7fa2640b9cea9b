package dev.waitok.kmalloc.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** A run of pages that holds blocks of one size class, and the record of each block. */
final class Zone {
  /*
   * 1 Problem. Blocks have to be found and freed in a few instructions, and no free may be believed:
   *   a second free, an interior pointer or a wrong type must be found, always, and by its author.
   *
   * 2 Layout. All on the Java heap, where no stray write through a segment reaches it:
   *     marks   a short a block: its type, and the sign bit  owner only; read by freers
   *             while it is free
   *     free    a bit a block: 1 = free                      owner only
   *     remote  a bit a block: 1 = freed from elsewhere,     anybody, by atomic OR
   *                            the owner has not seen it
   *   The next block taken is near the one freed last. That one itself is mostly not here but ready
   *   for its type (Account).
   *
   * 3 Life of a block.
   *     FREE  remote=0  -> TAKEN remote=0  // take
   *     TAKEN remote=0  -> FREE  remote=0  // free by the owner
   *     TAKEN remote=0  -> TAKEN remote=1  // free from elsewhere
   *     TAKEN remote=1  -> FREE  remote=0  // drain by the owner
   *     FREE  remote=1                     // a second free that raced: found by take or drain,
   *                                        // counted, and the remote bit is cleared
   *
   * 4 Ownership and memory order. All but `remote` and `signalled` belongs to the owner: a
   *   cpu in a critical section, or a stripe under its lock. The atomic OR of a remote free is a full
   *   fence: what the freer did to the block before is seen by who drains it.
   *   `signalled` is set by the first remote free after a drain, who then queues the zone.
   *
   * 5 Invariants (checkInvariants):
   *   Z1 freeCount is the number of bits in `free`
   *   Z2 no bit beyond the last block is set in either map
   *   Z3 the zone is on its owner's list of its class exactly while freeCount > 0, or, while it is
   *      apart, on that of the zones apart; while it is for a window it is there in any case
   *   Z4 a block's mark says that it is free exactly if its bit is set
   *
   * 6 Costs. Two bits and two bytes a block, on the heap. A pair of take and put is two stores of a
   *   mark, two of a word of `free` and two of `freeCount`.
   */
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SIGNALLED;

  static {
    try {
      SIGNALLED = MethodHandles.lookup().findVarHandle(Zone.class, "signalled", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * A division by the block size is a multiplication by ceil(2^40 / size) and a shift: exact while
   * offset * size < 2^40, and zones are far below 2^26 bytes with blocks up to 2^14.
   */
  private static final int RECIPROCAL_SHIFT = 40;

  /** In a mark: the block is free. */
  private static final short FREE = Short.MIN_VALUE;

  /** The largest number of a type that a mark can hold. */
  static final int LARGEST_TYPE = Short.MAX_VALUE;

  /** It is on its class's list. */
  static final int FOR_ANYBODY = 0;

  /** A block of it was freed while somebody waited, so newcomers may not take it first. */
  static final int FOR_WAITERS = 1;

  /** A run of pages is made here. */
  static final int FOR_WINDOW = 2;

  /** No zone. */
  static final int NONE = -1;

  final int sizeClass;
  final int blockSize;
  final int blocks;
  final int firstPage;
  final int pages;
  final long base;
  private final long reciprocal;
  private final long[] free;
  private final long[] remote;
  final short[] marks;

  /** The owner; changes only when a cpu's zones are handed over. */
  ZoneOwner owner;

  int freeCount;

  /** Whom its free blocks are for, unless {@link #FOR_ANYBODY}: it is apart then. Owner only. */
  int apart = FOR_ANYBODY;

  /**
   * Its neighbours in the owner's list of its class: by first page, so that no collector's barrier
   * is paid for; or {@link #NONE}.
   */
  int next = NONE;

  int previous = NONE;
  private int word;

  /** Not 0 from the first remote free on until the owner has drained. Written through SIGNALLED. */
  int signalled;

  Zone(ZoneOwner owner, int sizeClass, int firstPage, int pages, int pageShift) {
    this.owner = owner;
    this.sizeClass = sizeClass;
    this.blockSize = SizeClasses.size(sizeClass);
    this.firstPage = firstPage;
    this.pages = pages;
    this.base = (long) firstPage << pageShift;
    this.blocks = (int) (((long) pages << pageShift) / blockSize);
    this.reciprocal = ((1L << RECIPROCAL_SHIFT) + blockSize - 1) / blockSize;
    int words = (blocks + 63) >> 6;
    this.free = new long[words];
    this.remote = new long[words];
    this.marks = new short[blocks];
    Arrays.fill(marks, FREE);
    for (int i = 0; i < words; i++) {
      free[i] = -1L;
    }
    free[words - 1] = -1L >>> (-blocks & 63);
    this.freeCount = blocks;
  }

  /** The block at an offset into the arena, or -1 if no block begins there. */
  int blockAt(long offset) {
    int block = blockOf(offset);
    return (long) block * blockSize == offset - base && block < blocks ? block : -1;
  }

  /** The block that an offset is in, if it is in one. */
  int blockOf(long offset) {
    return (int) (((offset - base) * reciprocal) >>> RECIPROCAL_SHIFT);
  }

  /** The block that an offset is in the middle of, for error messages. */
  int blockAround(long offset) {
    return (int) ((offset - base) / blockSize);
  }

  long offsetOf(int block) {
    return base + (long) block * blockSize;
  }

  int typeOf(int block) {
    return marks[block] & LARGEST_TYPE;
  }

  /** Whether a block is a live one of a type, as far as the caller can see. */
  boolean isLive(int block, int type) {
    return marks[block] == type && !isFreedRemotely(block);
  }

  /** Whether a block is free or about to be, as far as the caller can see. */
  boolean isFree(int block) {
    return marks[block] < 0 || isFreedRemotely(block);
  }

  private boolean isFreedRemotely(int block) {
    // A zone that is not signalled has no such block, or the caller could as well have come before.
    return (int) SIGNALLED.getOpaque(this) != 0
        && ((long) WORD.getOpaque(remote, block >> 6) & 1L << block) != 0;
  }

  boolean isEmpty() {
    return freeCount == blocks;
  }

  /** Takes a free block for a type; the zone has one. Owner only. Returns where it begins. */
  long take(int type) {
    freeCount--;
    int w = word;
    long bits = free[w];
    while (bits == 0) {
      w = w + 1 == free.length ? 0 : w + 1;
      bits = free[w];
    }
    word = w;
    free[w] = bits & bits - 1;
    int block = (w << 6) + Long.numberOfTrailingZeros(bits);
    if (signalled != 0 && isFreedRemotely(block)) {
      clearRemote(w, bits & -bits);
      owner.lateDoubleFree(typeOf(block), blockSize);
    }
    marks[block] = (short) type;
    return offsetOf(block);
  }

  /** Gives a live block another type. By who has the block. */
  void relabel(int block, int type) {
    marks[block] = (short) type;
  }

  /** Frees a block that is not free. Owner only. */
  void put(int block, int type) {
    marks[block] = (short) (type | FREE);
    int w = block >> 6;
    free[w] |= 1L << block;
    word = w;
    freeCount++;
  }

  /** Marks a block as freed from elsewhere; false if it was so marked already. */
  boolean putRemote(int block) {
    long bit = 1L << block;
    return ((long) WORD.getAndBitwiseOr(remote, block >> 6, bit) & bit) == 0;
  }

  /** Whether the caller is the one to tell the owner; true once between two drains. */
  boolean signal() {
    return (int) SIGNALLED.getVolatile(this) == 0 && SIGNALLED.compareAndSet(this, 0, 1);
  }

  /** Takes a signal back that could not be passed on. */
  void unsignal() {
    SIGNALLED.setVolatile(this, 0);
  }

  /** Takes in what was freed from elsewhere. Owner only. Returns how many blocks became free. */
  int drain() {
    SIGNALLED.setVolatile(this, 0);
    int drained = 0;
    for (int w = 0; w < remote.length; w++) {
      if ((long) WORD.getVolatile(remote, w) != 0) {
        long fresh = 0;
        long bits = (long) WORD.getAndSet(remote, w, 0L);
        for (long rest = bits; rest != 0; rest &= rest - 1) {
          int block = (w << 6) + Long.numberOfTrailingZeros(rest);
          if (marks[block] < 0) {
            owner.lateDoubleFree(typeOf(block), blockSize);
          } else {
            marks[block] |= FREE;
            fresh |= rest & -rest;
          }
        }
        free[w] |= fresh;
        drained += Long.bitCount(fresh);
        word = w;
      }
    }
    freeCount += drained;
    return drained;
  }

  private void clearRemote(int w, long bit) {
    WORD.getAndBitwiseAnd(remote, w, ~bit);
  }

  /** Holds the zone against its invariants; for tests. Owner only. */
  void checkInvariants() {
    int bits = 0;
    long beyond = 0;
    for (int w = 0; w < free.length; w++) {
      bits += Long.bitCount(free[w]);
      long valid = w == free.length - 1 ? -1L >>> (-blocks & 63) : -1L;
      beyond |= (free[w] | (long) WORD.getOpaque(remote, w)) & ~valid;
    }
    check(bits == freeCount, "Z1");
    for (int block = 0; block < blocks; block++) {
      boolean pooled = (free[block >> 6] & 1L << block) != 0;
      check((marks[block] < 0) == pooled, "Z4");
    }
    check(beyond == 0, "Z2");
    check(owner.lists(this) == (freeCount > 0 || apart == FOR_WINDOW), "Z3");
  }

  private void check(boolean holds, String invariant) {
    if (!holds) {
      throw new IllegalStateException(
          "zone of class " + blockSize + " at page " + firstPage + ": " + invariant);
    }
  }
}
