package dev.waitok.kmalloc.netty;

import io.netty.buffer.UnpooledHeapByteBuf;

/** A heap buffer whose array comes from {@link HeapArrays} and goes back there. */
final class KeptHeapByteBuf extends UnpooledHeapByteBuf {
  KeptHeapByteBuf(KmallocByteBufAllocator allocator, int initialCapacity, int maxCapacity) {
    super(allocator, initialCapacity, maxCapacity);
  }

  @Override
  protected byte[] allocateArray(int length) {
    return arrays().take(length);
  }

  @Override
  protected void freeArray(byte[] array) {
    arrays().give(array);
  }

  /** Asked for before the constructor of this class has run. */
  private HeapArrays arrays() {
    return ((KmallocByteBufAllocator) alloc()).arrays();
  }
}
