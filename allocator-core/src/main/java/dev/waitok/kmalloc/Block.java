package dev.waitok.kmalloc;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** A block for try-with-resources. Closing frees it, once; closing again does nothing. */
public final class Block implements AutoCloseable {
  private final MallocType type;
  private final MemorySegment segment;
  private final AtomicBoolean closed = new AtomicBoolean();

  Block(MallocType type, MemorySegment segment) {
    this.type = type;
    this.segment = segment;
  }

  /**
   * The memory.
   *
   * @return a segment of the size asked for
   * @throws IllegalStateException if the block is closed
   */
  public MemorySegment segment() {
    if (closed.get()) {
      throw new IllegalStateException("the block is closed: size=" + segment.byteSize());
    }
    return segment;
  }

  /** Frees the block. From any thread. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      type.kfree(segment);
    }
  }
}
