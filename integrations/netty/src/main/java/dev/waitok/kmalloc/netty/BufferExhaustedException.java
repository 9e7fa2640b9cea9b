package dev.waitok.kmalloc.netty;

import java.io.Serial;

/**
 * There is no memory for a direct buffer now, and the thread is an event loop, which does not wait.
 * Not an error of the machine: the channel lives, and {@link MemoryGate} reads on when there is
 * memory.
 */
public final class BufferExhaustedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** How many bytes were asked for. */
  private final int bytes;

  BufferExhaustedException(int bytes, String message) {
    super(message);
    this.bytes = bytes;
  }

  /**
   * What was asked for.
   *
   * @return in bytes
   */
  public int bytes() {
    return bytes;
  }
}
