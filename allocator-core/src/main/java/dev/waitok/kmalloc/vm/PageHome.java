package dev.waitok.kmalloc.vm;

/** What a page with contents belongs to, as far as reclaim needs to know it. */
interface PageHome {
  /** Takes the home's lock if nobody has it; never waits. */
  boolean tryLock();

  /** Gives the lock back. */
  void unlock();

  /**
   * Has a dirty page, and its dirty neighbours, written out. The caller does not hold the lock.
   *
   * @return false if that is not to be had now
   */
  default boolean launder(int page) {
    return false;
  }

  /** Forgets a page: its contents have to be read again. The caller holds the lock. */
  void forget(int index, int page);
}
