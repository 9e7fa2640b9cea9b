package dev.waitok.kmalloc;

import java.io.IOException;

/**
 * A trace that {@link Kmalloc#record} writes. Closing it ends the recording and completes the file.
 */
public interface TraceRecording extends AutoCloseable {
  /**
   * How many events have been noted so far.
   *
   * @return those that are or will be in the file, and those that were lost
   */
  long events();

  /**
   * How many events were lost because the writer was too slow. The file is consistent without them.
   *
   * @return the number so far; the file's last line has it, too
   */
  long lost();

  /**
   * Ends the recording; returns when the file is complete. Again does nothing.
   *
   * @throws IOException if the file could not be written
   */
  @Override
  void close() throws IOException;
}
