package dev.waitok.kmalloc.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/** Ours, and every direct buffer is looked at. */
final class CheckedAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider {
  private final Memory memory;
  private final KmallocByteBufAllocator ours;

  CheckedAllocator(Memory memory, boolean preferDirect) {
    super(preferDirect);
    this.memory = memory;
    this.ours = memory.allocator(preferDirect);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return ours.newHeapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return memory.checked(ours.newDirectBuffer(initialCapacity, maxCapacity));
  }

  @Override
  public boolean isDirectBufferPooled() {
    return ours.isDirectBufferPooled();
  }

  @Override
  public ByteBufAllocatorMetric metric() {
    return ours.metric();
  }
}
