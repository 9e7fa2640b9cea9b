package dev.waitok.kmalloc.netty;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** Netty's own contract of a buffer. */
class NettyByteBufTest extends AbstractByteBufTest {
  /** For all tests: one of them asks for 68 MB. */
  private static final Memory MEMORY = new Memory(128 << 20);

  @AfterEach
  void everyBufferStayedInTheArena() {
    MEMORY.checkAgain();
  }

  @AfterAll
  static void close() {
    MEMORY.close();
  }

  @Override
  protected ByteBuf newBuffer(int capacity, int maxCapacity) {
    return MEMORY.checked(MEMORY.allocator(true).directBuffer(capacity, maxCapacity));
  }
}
