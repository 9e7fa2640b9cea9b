package dev.waitok.kmalloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;
import dev.waitok.kmalloc.MallocType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** An allocator of its own for each test, and the question whether a buffer lies in its arena. */
final class Memory implements AutoCloseable {
  final Kmalloc kmalloc;
  final MallocType type;
  private final List<ByteBuf> given = new ArrayList<>();

  Memory(long arena) {
    this(Kmalloc.builder().arena(arena), Long.MAX_VALUE);
  }

  Memory(KmallocBuilder builder, long limit) {
    kmalloc = builder.build();
    type = kmalloc.type("netty", limit);
  }

  KmallocByteBufAllocator allocator(boolean preferDirect) {
    return new KmallocByteBufAllocator(
        kmalloc, type, preferDirect, KmallocByteBufAllocator::isEventLoop);
  }

  /** Checks a direct buffer now, and again at the end if it lives. */
  ByteBuf checked(ByteBuf buffer) {
    requireInArena(buffer);
    given.add(buffer);
    return buffer;
  }

  private void requireInArena(ByteBuf buffer) {
    assertThat(buffer.isDirect()).isTrue();
    assertThat(buffer.memoryAddress() - kmalloc.memory().address())
        .as("where it lies in the arena")
        .isBetween(0L, kmalloc.memory().byteSize() - buffer.capacity());
  }

  void checkAgain() {
    for (ByteBuf buffer : given) {
      if (buffer.refCnt() > 0) {
        requireInArena(buffer);
      }
    }
    given.removeIf(buffer -> buffer.refCnt() == 0);
  }

  @Override
  public void close() {
    checkAgain();
    kmalloc.close();
  }
}
