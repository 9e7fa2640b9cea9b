package dev.waitok.kmalloc.cache;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A value that stays in memory until this is closed, whatever the cache does meanwhile; for
 * try-with-resources. Any thread may use and close it. While it is open its memory is in use: who
 * waits for memory with many of them open may wait for itself.
 */
public final class Borrowed implements AutoCloseable {
  private final Value value;
  private final AtomicBoolean closed = new AtomicBoolean();

  Borrowed(Value value) {
    this.value = value;
  }

  /**
   * The value. It must not be used after {@link #close}: the memory may be somebody else's then.
   *
   * @return a read-only segment of the size that was put
   * @throws IllegalStateException if this is closed
   */
  public MemorySegment segment() {
    if (closed.get()) {
      throw new IllegalStateException(
          "the borrowed value is closed: size=" + value.contents().byteSize());
    }
    return value.contents();
  }

  /** Gives the value back; frees it if the cache has dropped it. Again does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      value.giveBack();
    }
  }
}
