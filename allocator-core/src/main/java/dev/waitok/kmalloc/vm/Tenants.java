package dev.waitok.kmalloc.vm;

/** Who hands WIRED pages out in blocks, as far as {@link Clearing} needs to know it. */
public interface Tenants {
  /** No blocks are made of the page. */
  int NO_BLOCKS = -1;

  /**
   * How many blocks are live in the zone that a page is in, divided among its pages, in sixteenths;
   * or {@link #NO_BLOCKS}. Of the moment.
   */
  int livePerPage(int page);

  /**
   * Hands out no block any more of the zones that have a page in this window; those that are empty
   * are released now, the others when they become empty. May be called again for zones that came
   * later.
   */
  void withdraw(int from, int n);

  /** Hands out blocks again of all zones withdrawn. */
  void restore();
}
