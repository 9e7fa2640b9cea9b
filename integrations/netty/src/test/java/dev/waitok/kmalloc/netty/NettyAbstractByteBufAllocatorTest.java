package dev.waitok.kmalloc.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AbstractByteBufAllocatorTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;

/** Netty's own contract of an allocator with metrics and reuse. */
class NettyAbstractByteBufAllocatorTest
    extends AbstractByteBufAllocatorTest<AbstractByteBufAllocator> {
  private final Memory memory = new Memory(128 << 20);

  @AfterEach
  void close() {
    memory.close();
  }

  @Override
  protected AbstractByteBufAllocator newAllocator(boolean preferDirect) {
    return new CheckedAllocator(memory, preferDirect);
  }

  /** Asks for buffers of Netty's own unpooled classes, which no other allocator makes. */
  @Override
  protected AbstractByteBufAllocator newUnpooledAllocator() {
    return new UnpooledByteBufAllocator(false);
  }
}
