package dev.waitok.kmalloc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Where the contents of a {@link VmObject} can be had, again and again: a clean page may be taken
 * away at any time and is read again when it is used again.
 */
@FunctionalInterface
public interface Pager {
  /**
   * Fills memory with the object's contents. Runs on a thread of the allocator, for several pages
   * at a time. It may use tryKmalloc and kfree; a call that may wait for memory is refused.
   *
   * @param offset in bytes from the object's beginning, a multiple of the page size
   * @param into what to fill, to its end: a page, or less at the object's end
   * @throws IOException if the contents cannot be had; everyone who waits for the page gets it
   */
  void read(long offset, MemorySegment into) throws IOException;
}
