package dev.waitok.kmalloc.vm;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Where the contents of an object's pages can be had, again and again. */
@FunctionalInterface
public interface PageReader {
  /**
   * Fills memory with the object's contents from an offset on.
   *
   * @param offset in bytes from the object's beginning
   * @param into to fill to its end
   */
  void read(long offset, MemorySegment into) throws IOException;
}
