package dev.waitok.examples.memcached;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The two directions of a connection, in blocking style. */
interface Wire extends Closeable {
  /**
   * Reads some bytes, at least one if there is room; waits for them.
   *
   * @param begun whether the client has begun something that it must end in time
   * @throws EOFException at the end
   */
  void read(ByteBuffer into, boolean begun) throws IOException;

  /** Writes all; waits until that is done. */
  void write(ByteBuffer from) throws IOException;
}
