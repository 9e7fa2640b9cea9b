package dev.waitok.kmalloc.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The record of requests too large for a zone: by first page, how many pages and which type.
 *
 * <p>A free claims the run by a compare-and-set of its length to 0, so that of two frees one fails.
 */
final class LargeRuns {
  private static final VarHandle LENGTH = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[] lengths;
  private final short[] types;

  LargeRuns(int pages) {
    this.lengths = new int[pages];
    this.types = new short[pages];
  }

  /** Records a run that the caller has. */
  void put(int page, int pages, int type) {
    types[page] = (short) type;
    LENGTH.setRelease(lengths, page, pages);
  }

  /** How many pages the run has that begins at a page; 0 if none does. */
  int length(int page) {
    return (int) LENGTH.getAcquire(lengths, page);
  }

  int typeOf(int page) {
    return types[page] & 0xffff;
  }

  /** Claims a run of this length for the caller, who frees or shortens it; false if others did. */
  boolean claim(int page, int length, int rest) {
    return LENGTH.compareAndSet(lengths, page, length, rest);
  }

  /** The first page of the run that a page is inside of, or -1; for error messages. */
  int runAround(int page) {
    for (int p = page; p >= 0; p--) {
      int length = length(p);
      if (length > 0) {
        return p + length > page ? p : -1;
      }
    }
    return -1;
  }
}
