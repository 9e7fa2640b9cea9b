package dev.waitok.kmalloc.slab;

import java.util.Arrays;

/**
 * What one owner of zones has of one type: credit, counts, and for each class the block that was
 * freed last, ready to be taken again. Belongs to the owner: touched in its section only, but for
 * the looks at {@link #isReady} and at the figures.
 */
final class Account {
  /*
   * 1 Problem. A block that is freed and taken again at once should cost a few instructions: no search
   *   of a zone, no charge, no mark.
   *
   * 2 Mechanism. A *ready* block is free for its user and in use for its zone: its mark still says that
   *   it is live, and its bytes stay charged. It is handed out to the same type only. A second free of
   *   it is found by comparing: it is the one block of its type, class and owner that is ready.
   *
   * 3 Life of a class here.
   *     CLOSED -> EMPTY   after so many frees to a zone, within the owner's budget (ReadyBlocks): a
   *                       ready block keeps a zone from becoming empty, which only a class in use pays
   *     EMPTY  -> offset  a free on the short path
   *     offset -> EMPTY   an allocation on the short path, or the owner calls ready blocks in
   *     any    -> CLOSED  the owner calls everything in
   *
   * 4 What a charge adds to and what a credit adds to are two fields, so that a pair of them is no
   *   chain of four memory accesses.
   */

  /** No block of the class is ready; one may be. */
  static final long EMPTY = -1;

  /** Below {@link #EMPTY}: no block is ready, and none may be until so many were freed. */
  private static final long COLD = Long.MIN_VALUE;

  private static final long[] ALL_COLD = allCold();

  /** The type's number, as marks know it. */
  final int type;

  long charged;
  long credited;

  /** Drawn from the limit for this account. */
  long granted;

  /** The credit above which some is given back. */
  long most;

  long requests;
  long frees;

  /** By class: where the ready block begins, or {@link #EMPTY} or less. */
  long[] ready = ALL_COLD;

  /** The block sizes of all classes that are open: what may be ready at most. */
  long openBytes;

  private boolean warm;

  Account(int type, long most) {
    this.type = type;
    this.most = most;
  }

  private static long[] allCold() {
    long[] all = new long[SizeClasses.COUNT];
    Arrays.fill(all, COLD);
    return all;
  }

  /** What may be charged without drawing more. */
  long credit() {
    return granted - charged + credited;
  }

  /**
   * An array for {@link #warmUp}: made outside the owner's section, where nothing is allocated.
   *
   * @param frees after how many frees to a zone a class is opened
   */
  static long[] newReady(int frees) {
    long[] all = new long[SizeClasses.COUNT];
    Arrays.fill(all, closed(frees));
    return all;
  }

  /** What stands for a class that is opened after so many frees. */
  static long closed(int frees) {
    return EMPTY - 1 - frees;
  }

  /** Counts a free to a zone; whether the class is to be opened now. */
  boolean opensAfter(int sizeClass) {
    return warm && ready[sizeClass] < EMPTY && ++ready[sizeClass] >= EMPTY;
  }

  /** Lets classes be opened from now on. In the owner's section. */
  void warmUp(long[] newReady) {
    if (!warm) {
      ready = newReady;
      warm = true;
    }
  }

  /** Whether classes can be opened. */
  boolean isWarm() {
    return warm;
  }

  /** Whether a block is ready here, and so no longer its user's. */
  boolean isReady(int sizeClass, long offset) {
    return ready[sizeClass] == offset;
  }

  /** Bytes that are charged for blocks that are ready; of the moment. */
  long readyBytes() {
    long bytes = 0;
    for (int c = 0; c < ready.length; c++) {
      if (ready[c] >= 0) {
        bytes += SizeClasses.size(c);
      }
    }
    return bytes;
  }
}
