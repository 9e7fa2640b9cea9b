package dev.waitok.kmalloc.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/** A run of pages that holds blocks of one size class, and the record of each block. */
final class Zone {
  /*
   * 1 Problem. Blocks have to be found and freed in a few instructions, and no free may be believed:
   *   a second free, an interior pointer or a wrong type must be found, always, and by its author.
   *
   * 2 Layout. All on the Java heap, where no stray write through a segment reaches it:
   *     marks   an int a block: its type; while it is free   owner only; read by freers
   *             the sign bit too, and between them the
   *             number of the free block after it
   *     remote  a bit a block: 1 = freed from elsewhere,     anybody, by atomic OR
   *                            the owner has not seen it
   *   So the free blocks are a list through their marks, which are written anyway: no other line of
   *   cache is touched, and nothing is searched. It has freeCount members and no end mark. The block
   *   taken next is the one freed last, which mostly is not here but ready for its type (Account).
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
   *   Who has a block may give it another type: he exchanges its mark if it is still the live one, so
   *   that a block that was freed under him stays on the list.
   *
   * 5 Invariants (checkInvariants):
   *   Z1 freeCount is the number of marks that say that a block is free
   *   Z2 no bit beyond the last block is set in `remote`
   *   Z3 the zone is on its owner's list of its class exactly while freeCount > 0, or, while it is
   *      apart, on that of the zones apart; while it is for a window it is there in any case
   *   Z4 the first freeCount blocks on the list are different ones whose marks say that they are free
   *
   * 6 Costs. 33 bits a block, on the heap. A pair of take and put is two stores of a mark, two of the
   *   list's first block and two of `freeCount`. With a bitmap in place of the list, which needs 18
   *   bits a block, runs of small blocks took 35 ns a pair and now 32, mixed sizes 40 and now 37.
   */
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(int[].class);
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
  private static final int FREE = Integer.MIN_VALUE;

  /** The largest number of a type that a mark can hold. */
  static final int LARGEST_TYPE = Short.MAX_VALUE;

  /** Above the type in a free block's mark: which free block is taken after it. */
  private static final int NEXT_SHIFT = 15;

  private static final int NEXT_MASK = 0xFFFF;

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
  private final long[] remote;
  final int[] marks;

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

  /** The free block that is taken next, while there is one. */
  private int first;

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
    this.remote = new long[words];
    this.marks = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      marks[i] = FREE | ((i + 1) << NEXT_SHIFT);
    }
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

  private static int nextFree(int mark) {
    return (mark >>> NEXT_SHIFT) & NEXT_MASK;
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
    int block = first;
    int mark = marks[block];
    first = nextFree(mark);
    if (signalled != 0 && isFreedRemotely(block)) {
      clearRemote(block);
      owner.lateDoubleFree(mark & LARGEST_TYPE, blockSize);
    }
    marks[block] = type;
    return offsetOf(block);
  }

  /**
   * Gives a live block another type. By who has the block.
   *
   * @return false if it is no live block of its type, since somebody else has freed it
   */
  boolean relabel(int block, int from, int to) {
    return MARK.compareAndSet(marks, block, from, to);
  }

  /** Frees a block that is not free. Owner only. */
  void put(int block, int type) {
    marks[block] = FREE | (first << NEXT_SHIFT) | type;
    first = block;
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
        long bits = (long) WORD.getAndSet(remote, w, 0L);
        for (long rest = bits; rest != 0; rest &= rest - 1) {
          int block = (w << 6) + Long.numberOfTrailingZeros(rest);
          if (marks[block] < 0) {
            owner.lateDoubleFree(typeOf(block), blockSize);
          } else {
            put(block, typeOf(block));
            drained++;
          }
        }
      }
    }
    return drained;
  }

  private void clearRemote(int block) {
    WORD.getAndBitwiseAnd(remote, block >> 6, ~(1L << block));
  }

  /** Holds the zone against its invariants; for tests. Owner only. */
  void checkInvariants() {
    int marked = 0;
    for (int mark : marks) {
      marked += mark >>> 31;
    }
    check(marked == freeCount, "Z1");
    BitSet listed = new BitSet(blocks);
    int block = first;
    for (int i = 0; i < freeCount; i++) {
      check(block < blocks && marks[block] < 0 && !listed.get(block), "Z4");
      listed.set(block);
      block = nextFree(marks[block]);
    }
    long valid = -1L >>> (-blocks & 63);
    check(((long) WORD.getOpaque(remote, remote.length - 1) & ~valid) == 0, "Z2");
    check(owner.lists(this) == (freeCount > 0 || apart == FOR_WINDOW), "Z3");
  }

  private void check(boolean holds, String invariant) {
    if (!holds) {
      throw new IllegalStateException(
          "zone of class " + blockSize + " at page " + firstPage + ": " + invariant);
    }
  }
}
