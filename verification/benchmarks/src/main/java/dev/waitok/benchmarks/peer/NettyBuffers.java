package dev.waitok.benchmarks.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A Netty allocator's direct buffers. {@link Subject} has the properties it is run with. */
final class NettyBuffers implements Allocator {
  private final ByteBufAllocator netty;
  private final ByteBuf[] blocks;

  NettyBuffers(ByteBufAllocator netty, int slots) {
    this.netty = netty;
    this.blocks = new ByteBuf[slots];
  }

  @Override
  public byte pair(int size, byte value) {
    ByteBuf block = netty.directBuffer(size);
    block.setByte(0, value);
    byte read = block.getByte(0);
    block.release();
    return read;
  }

  @Override
  public void allocate(int slot, int size) {
    blocks[slot] = netty.directBuffer(size);
  }

  @Override
  public void allocateZeroed(int slot, int size) {
    allocate(slot, size);
    blocks[slot].setZero(0, size);
  }

  /** Room for an aligned part, as an alignment for one buffer cannot be asked for. */
  @Override
  public void allocateAligned(int slot, int size, int alignment) {
    allocate(slot, size + alignment);
  }

  @Override
  public void reallocate(int slot, int oldSize, int size) {
    blocks[slot].capacity(size);
  }

  @Override
  public void free(int slot) {
    blocks[slot].release();
  }

  @Override
  public void setByte(int slot, int offset, byte value) {
    blocks[slot].setByte(offset, value);
  }

  @Override
  public byte getByte(int slot, int offset) {
    return blocks[slot].getByte(offset);
  }

  @Override
  public void setLong(int slot, int offset, long value) {
    blocks[slot].setLongLE(offset, value);
  }

  @Override
  public long getLong(int slot, int offset) {
    return blocks[slot].getLongLE(offset);
  }

  @Override
  public void close() {
    // Netty's pools stay with the process.
  }
}
