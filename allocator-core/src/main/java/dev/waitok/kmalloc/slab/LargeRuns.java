package dev.waitok.kmalloc.slab;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The record of requests too large for a zone: by first page, how many pages and which type.
 *
 * <p>A record is one long, length above type, so that a free claims a run of its own type by one
 * compare-and-set: of two frees one fails.
 */
final class LargeRuns {
  private static final VarHandle RECORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int TYPE_BITS = 16;
  private static final long NOTHING = 0;

  private final long[] records;

  LargeRuns(int pages) {
    this.records = new long[pages];
  }

  private static long record(int pages, int type) {
    return (long) pages << TYPE_BITS | type;
  }

  /** Records a run that the caller has. */
  void put(int page, int pages, int type) {
    RECORD.setRelease(records, page, record(pages, type));
  }

  /** How many pages the run has that begins at a page; 0 if none does. */
  int length(int page) {
    return (int) ((long) RECORD.getAcquire(records, page) >>> TYPE_BITS);
  }

  int typeOf(int page) {
    return (int) (long) RECORD.getAcquire(records, page) & ((1 << TYPE_BITS) - 1);
  }

  /**
   * Claims a run of this length and type for the caller, who frees it; false if it is not there.
   */
  boolean claim(int page, int length, int type) {
    return RECORD.compareAndSet(records, page, record(length, type), NOTHING);
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
