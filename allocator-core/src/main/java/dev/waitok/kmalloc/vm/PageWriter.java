package dev.waitok.kmalloc.vm;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Where the contents of an object's pages go when they have been changed. */
public interface PageWriter {
  /**
   * Takes the object's contents from an offset on.
   *
   * @param offset in bytes from the object's beginning
   * @param from to take to its end
   */
  void write(long offset, MemorySegment from) throws IOException;

  /** Makes what was taken durable. */
  void force() throws IOException;
}
