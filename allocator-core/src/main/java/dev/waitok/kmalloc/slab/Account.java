package dev.waitok.kmalloc.slab;

import java.util.Arrays;

/**
 * What one owner of zones has of one type: credit, counts, and for each class the block that was
 * freed last, ready to be taken again. Belongs to the owner: touched in its section only, but for
 * the looks at {@link #ready} and at the figures.
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
   * 4 The loan. The ready block that was handed out last is remembered while it is *out*: if it is what
   *   comes back next, its offset alone says that it is a live block of this type and class, of a zone
   *   of this owner, and nothing has to be looked up. It is *in* then, and ready as any, but found
   *   without a look into the array. What is out is forgotten whenever that could have changed: as
   *   soon as it is freed to its zone; when its type changes; and when a remote free was told
   *   (ZoneOwner.drain). While a class has the loan, in or out, its place in the array is EMPTY.
   *   Who asks for a block is told of the loan by the sizes that its class serves: no table is needed.
   */

  /** No block of the class is ready; one may be. */
  static final long EMPTY = -1;

  private static final int NO_CLASS = -1;

  /** Below {@link #EMPTY}: no block is ready, and none may be until so many were freed. */
  private static final long COLD = Long.MIN_VALUE;

  private static final long[] ALL_COLD = allCold();

  /** What it is an account of. */
  final TypeLedger ledger;

  /** The type's number, as marks know it. */
  final int type;

  /**
   * What may be charged without drawing more from the limit: drawn for this account, and not used.
   */
  long credit;

  /** The credit above which some is given back. */
  long most;

  long requests;
  long frees;

  /** By class: where the ready block begins, or {@link #EMPTY} or less. */
  private long[] ready = ALL_COLD;

  /** The block sizes of all classes that are open: what may be ready at most. */
  long openBytes;

  /** The class of the loan, if there is one. */
  private int loanClass = NO_CLASS;

  /** The least size that is served by the loan's class. */
  private long leastSize;

  /** How many sizes are served by the loan's class, if there is one. */
  private long sizes;

  /** Where the loan begins while it is ready here; else {@link #EMPTY}. */
  private long in = EMPTY;

  /** Where the loan begins while a user has it; else {@link #EMPTY}. */
  private long out = EMPTY;

  private boolean warm;

  Account(TypeLedger ledger, long most) {
    this.ledger = ledger;
    this.type = ledger.id();
    this.most = most;
  }

  private static long[] allCold() {
    long[] all = new long[SizeClasses.COUNT];
    Arrays.fill(all, COLD);
    return all;
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

  /** Counts a free to a zone, of a warm account's; whether the class is to be opened now. */
  boolean opensAfter(int sizeClass) {
    return ready[sizeClass] < EMPTY && ++ready[sizeClass] >= EMPTY;
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

  /** Lets a class have a ready block. */
  void open(int sizeClass) {
    ready[sizeClass] = EMPTY;
  }

  /** Lets a class, of which nothing is ready, have none until so many were freed. */
  void close(int sizeClass, int openAfter) {
    ready[sizeClass] = closed(openAfter);
  }

  /** Whether a class may have a ready block. */
  boolean isOpen(int sizeClass) {
    return ready[sizeClass] >= EMPTY;
  }

  /** Charges it with a block; false if the limit does not allow it. Owner only. */
  boolean charge(long bytes) {
    long left = credit - bytes;
    if (left < 0) {
      long got = ledger.draw(-left);
      if (got == Budget.REFUSED) {
        return false;
      }
      left += got;
    }
    credit = left;
    requests++;
    return true;
  }

  /** Credits it with a block that was freed. Owner only. */
  void credit(long bytes) {
    frees++;
    giveCredit(bytes);
  }

  /** Credits it with what was charged and is not used, nor counted. Owner only. */
  void giveCredit(long bytes) {
    long more = credit + bytes;
    credit = more;
    if (more > most) {
      ledger.giveBack(this);
    }
  }

  /**
   * Hands out the loan, if it is in and of the class that serves a size.
   *
   * @param unless less than 0 if that must not be done now
   * @return where it begins, or less than 0
   */
  long takeLoan(long size, long unless) {
    long offset = in;
    if (Long.compareUnsigned(size - leastSize, sizes) < 0 && (offset | unless) >= 0) {
      in = EMPTY;
      out = offset;
      requests++;
      return offset;
    }
    return EMPTY;
  }

  /**
   * Hands out the ready block of a class that is not the loan: it is on loan then.
   *
   * @param unless less than 0 if that must not be done now
   * @return where it begins, or less than 0
   */
  long takeReady(int sizeClass, long unless) {
    long offset = ready[sizeClass];
    if ((offset | unless) >= 0) {
      lend(sizeClass, offset);
      return offset;
    }
    return EMPTY;
  }

  private void lend(int sizeClass, long offset) {
    if (in >= 0) {
      ready[loanClass] = in;
      in = EMPTY;
    }
    ready[sizeClass] = EMPTY;
    loanClass = sizeClass;
    leastSize = SizeClasses.leastSize(sizeClass);
    sizes = SizeClasses.size(sizeClass) + 1 - leastSize;
    out = offset;
    requests++;
  }

  /**
   * Makes the loan ready again, if it is that which comes back.
   *
   * @param unless not 0 if that must not be done now
   */
  boolean takeBack(long offset, long unless) {
    if ((out - offset | unless) == 0 && offset >= 0) {
      out = EMPTY;
      in = offset;
      frees++;
      return true;
    }
    return false;
  }

  /** Makes a live block ready; its class may have one and has none. */
  void makeReady(int sizeClass, long offset) {
    if (loanClass == sizeClass) {
      forgetLoan();
    }
    ready[sizeClass] = offset;
    frees++;
  }

  /**
   * Takes back what is ready of a class: where it begins, or less than 0. What is out is forgotten.
   */
  long callIn(int sizeClass) {
    long offset = ready[sizeClass];
    if (loanClass == sizeClass) {
      offset = in;
      forgetLoan();
    } else if (offset >= 0) {
      ready[sizeClass] = EMPTY;
    }
    return offset;
  }

  private void forgetLoan() {
    loanClass = NO_CLASS;
    sizes = 0;
    in = EMPTY;
    out = EMPTY;
  }

  /** Whatever is out comes back by its zone. */
  void forgetOut() {
    out = EMPTY;
  }

  /**
   * The same, if it is this block. By who has the block, maybe from elsewhere: at worst another one
   * that went out meanwhile comes back by its zone, too.
   */
  void forgetOut(long offset) {
    if (out == offset) {
      out = EMPTY;
    }
  }

  /** Whether a block is out and may come back; a look from anywhere, of the moment. */
  boolean isOut(long offset) {
    return out == offset;
  }

  /** Where the block of a class begins that is out and may come back; for checks. */
  long out(int sizeClass) {
    return loanClass == sizeClass ? out : EMPTY;
  }

  /**
   * Where the ready block of a class begins; {@link #EMPTY} if it has none and may have one, less
   * if it may not. A look from anywhere.
   */
  long ready(int sizeClass) {
    return loanClass == sizeClass && in >= 0 ? in : ready[sizeClass];
  }

  /** Bytes that are charged for blocks that are ready; of the moment. */
  long readyBytes() {
    long bytes = 0;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      if (ready(c) >= 0) {
        bytes += SizeClasses.size(c);
      }
    }
    return bytes;
  }
}
