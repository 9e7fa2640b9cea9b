package dev.waitok.kmalloc.netty;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.netty.buffer.AbstractReferenceCountedByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer that is one block of kmalloc. Its bytes are reached through a segment of exactly
 * its capacity, so no index, checked by Netty or not, reaches another buffer's; once it is freed
 * the segment is empty.
 */
final class KmallocByteBuf extends AbstractReferenceCountedByteBuf {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfShort SHORT_LE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT_LE =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG_LE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Streams take arrays: this much at a time. */
  private static final int STREAM_CHUNK = 8 << 10;

  private static final MemorySegment FREED = MemorySegment.ofArray(new byte[0]);

  private final KmallocByteBufAllocator allocator;
  private long block;
  private MemorySegment bytes;

  /** A view for {@link #internalNioBuffer}, made when first asked for. */
  private @Nullable ByteBuffer view;

  KmallocByteBuf(KmallocByteBufAllocator allocator, long block, int capacity, int maxCapacity) {
    super(maxCapacity);
    this.allocator = allocator;
    this.block = block;
    this.bytes = allocator.memory().asSlice(block, capacity);
  }

  /** An empty buffer has a block, too: it has an address. */
  static int blockSize(int capacity) {
    return Math.max(1, capacity);
  }

  @Override
  protected void deallocate() {
    long freed = block;
    bytes = FREED;
    view = null;
    allocator.free(freed);
  }

  // ---- size ----

  @Override
  public int capacity() {
    return (int) bytes.byteSize();
  }

  /** Within the block if it fits there; else in a new one. */
  @Override
  public ByteBuf capacity(int newCapacity) {
    checkNewCapacity(newCapacity);
    int had = capacity();
    if (newCapacity == had) {
      return this;
    }
    long usable = allocator.type().usableSize(block);
    if (newCapacity <= usable && newCapacity > usable / 2) {
      bytes = allocator.memory().asSlice(block, newCapacity);
    } else {
      long moved = allocator.obtain(newCapacity, M_INTNOWAIT);
      MemorySegment.copy(bytes, 0, allocator.memory(), moved, Math.min(had, newCapacity));
      long old = block;
      block = moved;
      bytes = allocator.memory().asSlice(moved, newCapacity);
      allocator.free(old);
    }
    view = null;
    if (newCapacity < had) {
      trimIndicesToCapacity(newCapacity);
    }
    return this;
  }

  // ---- what it is ----

  @Override
  public ByteBufAllocator alloc() {
    return allocator;
  }

  @Override
  @SuppressWarnings("deprecation")
  public ByteOrder order() {
    return ByteOrder.BIG_ENDIAN;
  }

  @Override
  public @Nullable ByteBuf unwrap() {
    return null;
  }

  @Override
  public boolean isDirect() {
    return true;
  }

  @Override
  public boolean isContiguous() {
    return true;
  }

  @Override
  public boolean hasArray() {
    return false;
  }

  @Override
  public byte[] array() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public int arrayOffset() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public boolean hasMemoryAddress() {
    return true;
  }

  @Override
  public long memoryAddress() {
    ensureAccessible();
    return bytes.address();
  }

  // ---- numbers ----

  @Override
  protected byte _getByte(int index) {
    return bytes.get(JAVA_BYTE, index);
  }

  @Override
  protected short _getShort(int index) {
    return bytes.get(SHORT, index);
  }

  @Override
  protected short _getShortLE(int index) {
    return bytes.get(SHORT_LE, index);
  }

  @Override
  protected int _getUnsignedMedium(int index) {
    return ((_getByte(index) & 0xff) << 16) | (_getShort(index + 1) & 0xffff);
  }

  @Override
  protected int _getUnsignedMediumLE(int index) {
    return (_getShortLE(index) & 0xffff) | ((_getByte(index + 2) & 0xff) << 16);
  }

  @Override
  protected int _getInt(int index) {
    return bytes.get(INT, index);
  }

  @Override
  protected int _getIntLE(int index) {
    return bytes.get(INT_LE, index);
  }

  @Override
  protected long _getLong(int index) {
    return bytes.get(LONG, index);
  }

  @Override
  protected long _getLongLE(int index) {
    return bytes.get(LONG_LE, index);
  }

  @Override
  protected void _setByte(int index, int value) {
    bytes.set(JAVA_BYTE, index, (byte) value);
  }

  @Override
  protected void _setShort(int index, int value) {
    bytes.set(SHORT, index, (short) value);
  }

  @Override
  protected void _setShortLE(int index, int value) {
    bytes.set(SHORT_LE, index, (short) value);
  }

  @Override
  protected void _setMedium(int index, int value) {
    _setByte(index, value >>> 16);
    _setShort(index + 1, value);
  }

  @Override
  protected void _setMediumLE(int index, int value) {
    _setShortLE(index, value);
    _setByte(index + 2, value >>> 16);
  }

  @Override
  protected void _setInt(int index, int value) {
    bytes.set(INT, index, value);
  }

  @Override
  protected void _setIntLE(int index, int value) {
    bytes.set(INT_LE, index, value);
  }

  @Override
  protected void _setLong(int index, long value) {
    bytes.set(LONG, index, value);
  }

  @Override
  protected void _setLongLE(int index, long value) {
    bytes.set(LONG_LE, index, value);
  }

  // ---- bytes ----

  @Override
  public ByteBuf getBytes(int index, byte[] target, int targetIndex, int length) {
    checkDstIndex(index, length, targetIndex, target.length);
    MemorySegment.copy(bytes, JAVA_BYTE, index, target, targetIndex, length);
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuffer target) {
    checkIndex(index, target.remaining());
    target.put(nioView(index, target.remaining()));
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuf target, int targetIndex, int length) {
    checkDstIndex(index, length, targetIndex, target.capacity());
    if (target instanceof KmallocByteBuf other) {
      MemorySegment.copy(bytes, index, other.bytes, targetIndex, length);
    } else if (target.hasArray()) {
      getBytes(index, target.array(), target.arrayOffset() + targetIndex, length);
    } else {
      target.setBytes(targetIndex, nioView(index, length));
    }
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, OutputStream out, int length) throws IOException {
    checkIndex(index, length);
    byte[] chunk = new byte[Math.min(length, STREAM_CHUNK)];
    for (int done = 0; done < length; ) {
      int n = Math.min(chunk.length, length - done);
      MemorySegment.copy(bytes, JAVA_BYTE, index + done, chunk, 0, n);
      out.write(chunk, 0, n);
      done += n;
    }
    return this;
  }

  @Override
  public int getBytes(int index, GatheringByteChannel out, int length) throws IOException {
    checkIndex(index, length);
    return length == 0 ? 0 : out.write(nioView(index, length));
  }

  @Override
  public int getBytes(int index, FileChannel out, long position, int length) throws IOException {
    checkIndex(index, length);
    return length == 0 ? 0 : out.write(nioView(index, length), position);
  }

  @Override
  public ByteBuf setBytes(int index, byte[] source, int sourceIndex, int length) {
    checkSrcIndex(index, length, sourceIndex, source.length);
    MemorySegment.copy(source, sourceIndex, bytes, JAVA_BYTE, index, length);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuffer source) {
    checkIndex(index, source.remaining());
    nioView(index, source.remaining()).put(source);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuf source, int sourceIndex, int length) {
    checkSrcIndex(index, length, sourceIndex, source.capacity());
    if (source instanceof KmallocByteBuf other) {
      MemorySegment.copy(other.bytes, sourceIndex, bytes, index, length);
    } else if (source.hasArray()) {
      setBytes(index, source.array(), source.arrayOffset() + sourceIndex, length);
    } else {
      source.getBytes(sourceIndex, nioView(index, length));
    }
    return this;
  }

  @Override
  public int setBytes(int index, InputStream in, int length) throws IOException {
    checkIndex(index, length);
    byte[] chunk = new byte[Math.min(length, STREAM_CHUNK)];
    int n = in.read(chunk);
    if (n > 0) {
      MemorySegment.copy(chunk, 0, bytes, JAVA_BYTE, index, n);
    }
    return n;
  }

  /** The number of bytes, or -1 at the end or if the channel is closed, as Netty has it. */
  @Override
  public int setBytes(int index, ScatteringByteChannel in, int length) throws IOException {
    checkIndex(index, length);
    try {
      return in.read(internalNioBuffer(index, length));
    } catch (ClosedChannelException e) {
      return -1;
    }
  }

  @Override
  public int setBytes(int index, FileChannel in, long position, int length) throws IOException {
    checkIndex(index, length);
    try {
      return in.read(nioView(index, length), position);
    } catch (ClosedChannelException e) {
      return -1;
    }
  }

  @Override
  public ByteBuf setZero(int index, int length) {
    checkIndex(index, length);
    bytes.asSlice(index, length).fill((byte) 0);
    return this;
  }

  @Override
  public ByteBuf copy(int index, int length) {
    checkIndex(index, length);
    ByteBuf copy = allocator.directBuffer(length, maxCapacity());
    return copy.writeBytes(this, index, length);
  }

  // ---- buffers of java.nio ----

  @Override
  public int nioBufferCount() {
    return 1;
  }

  @Override
  public ByteBuffer nioBuffer(int index, int length) {
    checkIndex(index, length);
    return nioView(index, length);
  }

  @Override
  public ByteBuffer[] nioBuffers(int index, int length) {
    return new ByteBuffer[] {nioBuffer(index, length)};
  }

  @Override
  public ByteBuffer internalNioBuffer(int index, int length) {
    checkIndex(index, length);
    ByteBuffer whole = view;
    if (whole == null) {
      whole = bytes.asByteBuffer();
      view = whole;
    }
    return whole.clear().position(index).limit(index + length);
  }

  private ByteBuffer nioView(int index, int length) {
    return bytes.asSlice(index, length).asByteBuffer();
  }
}
