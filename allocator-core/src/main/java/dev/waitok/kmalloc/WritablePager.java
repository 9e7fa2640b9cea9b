package dev.waitok.kmalloc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A pager of a {@link VmObject} whose contents change: it takes pages back when the memory is
 * needed, or when the object is synchronised or closed.
 */
public interface WritablePager extends Pager {
  /**
   * Takes changed contents. A later {@link #read} of the same place gives them. Runs on a thread of
   * the allocator, for pages next to each other in ascending order, maybe for two runs at a time.
   * It may use tryKmalloc and kfree; a call that may wait for memory is refused.
   *
   * @param offset in bytes from the object's beginning, a multiple of the page size
   * @param from what to take, to its end: a page, or less at the object's end; not to be used after
   *     return
   * @throws IOException if that fails: the page stays dirty and is written again later
   */
  void write(long offset, MemorySegment from) throws IOException;

  /**
   * Makes durable what has been written; does nothing unless overridden.
   *
   * @throws IOException if that fails
   */
  default void force() throws IOException {}
}
