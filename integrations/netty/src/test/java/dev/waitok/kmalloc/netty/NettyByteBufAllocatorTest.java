package dev.waitok.kmalloc.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorTest;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.AfterEach;

/** Netty's own contract of a ByteBufAllocator. */
class NettyByteBufAllocatorTest extends ByteBufAllocatorTest {
  private final Memory memory = new Memory(16 << 20);

  @AfterEach
  void close() {
    memory.close();
  }

  @Override
  protected int defaultMaxCapacity() {
    return Integer.MAX_VALUE;
  }

  @Override
  protected int defaultMaxComponents() {
    return 16;
  }

  @Override
  protected ByteBufAllocator newAllocator(boolean preferDirect) {
    return new CheckedAllocator(memory, preferDirect);
  }

  @Override
  protected boolean isDirectExpected(boolean preferDirect) {
    return preferDirect && PlatformDependent.canReliabilyFreeDirectBuffers();
  }
}
