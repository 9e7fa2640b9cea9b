package dev.waitok.kmalloc.slab;

/**
 * What an address is, for error messages and for krealloc.
 *
 * @param state what was found there
 * @param start the offset at which the block or run begins, or the address itself
 * @param bytes the size of the block or run, or 0
 * @param typeId the type that has or last had it, or -1
 */
public record BlockInfo(State state, long start, long bytes, int typeId) {
  /** What can be found at an address. */
  public enum State {
    /** A live block or run begins here. */
    LIVE,
    /** A block or run begins here, and is free. */
    FREE,
    /** Inside a live or free block or run. */
    INTERIOR,
    /** In a zone's rest behind its last block. */
    BETWEEN,
    /** In a page that no kmalloc has: FREE, or an object's. */
    NO_BLOCK,
    /** Outside the arena. */
    OUTSIDE
  }
}
