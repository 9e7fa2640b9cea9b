package dev.waitok.kmalloc;

/** What happens to those who wait for memory when none has come for long. It is always logged. */
public enum StallPolicy {
  /** They go on waiting: somebody may still free. */
  KEEP_WAITING,
  /**
   * The one that came last gets a {@link MemoryStalledException}; if nothing comes for as long
   * again, the next one.
   */
  THROW_TO_YOUNGEST
}
