package dev.waitok.kmalloc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What code written for the JDK's arenas relies on. */
abstract class ArenaContract {
  abstract Arena confined();

  abstract Arena shared();

  private static void onAnotherThread(Runnable body) throws Throwable {
    try {
      CompletableFuture.runAsync(body, Thread::startVirtualThread).join();
    } catch (CompletionException e) {
      throw e.getCause();
    }
  }

  private List<Arena> both() {
    return List.of(confined(), shared());
  }

  @Test
  void segmentsHaveTheSizeAreZeroedAndAligned() {
    for (Arena arena : both()) {
      try (arena) {
        for (long size : new long[] {1, 8, 100, 4096, 20_000, 300_000}) {
          for (long alignment = 1; alignment <= 4096; alignment *= 4) {
            MemorySegment segment = arena.allocate(size, alignment);
            assertThat(segment.byteSize()).isEqualTo(size);
            assertThat(segment.address() % alignment).isZero();
            assertThat(segment.mismatch(MemorySegment.ofArray(new byte[(int) size]))).isEqualTo(-1);
            segment.fill((byte) 0x5a);
          }
        }
      }
    }
  }

  @Test
  void emptySegmentsHaveAddressesOfTheirOwn() {
    for (Arena arena : both()) {
      try (arena) {
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 10; i++) {
          MemorySegment empty = arena.allocate(0, 8);
          assertThat(empty.byteSize()).isZero();
          assertThat(empty.address()).isNotZero();
          addresses.add(empty.address());
        }
        assertThat(addresses).hasSize(10);
      }
    }
  }

  @Test
  void segmentsBelongToTheArenasScope() {
    for (Arena arena : both()) {
      MemorySegment segment = arena.allocate(16);
      assertThat(segment.scope()).isEqualTo(arena.scope());
      assertThat(arena.scope().isAlive()).isTrue();
      assertThat(segment.asSlice(4, 4).scope()).isEqualTo(arena.scope());
      arena.close();
      assertThat(arena.scope().isAlive()).isFalse();
      assertThat(segment.scope().isAlive()).isFalse();
    }
  }

  @Test
  void allTheFormsOfAllocateWork() {
    for (Arena arena : both()) {
      try (arena) {
        assertThat(arena.allocateFrom("grüß").getString(0)).isEqualTo("grüß");
        assertThat(arena.allocateFrom(JAVA_INT, 7).get(JAVA_INT, 0)).isEqualTo(7);
        assertThat(arena.allocateFrom(JAVA_LONG, 1, 2, 3).toArray(JAVA_LONG))
            .containsExactly(1, 2, 3);
        assertThat(arena.allocate(JAVA_LONG, 12).byteSize()).isEqualTo(96);
        MemorySegment prefix = arena.allocate(64);
        SegmentAllocator slicing = SegmentAllocator.slicingAllocator(prefix);
        assertThat(slicing.allocate(16).address()).isEqualTo(prefix.address());
      }
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    for (Arena arena : both()) {
      try (arena) {
        assertThatThrownBy(() -> arena.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arena.allocate(8, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arena.allocate(8, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arena.allocate(0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arena.allocate(8, -8))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void nothingIsUsableAfterClose() {
    for (Arena arena : both()) {
      MemorySegment segment = arena.allocate(16, 8);
      MemorySegment slice = segment.asSlice(8);
      arena.close();
      assertThatThrownBy(() -> segment.get(JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> slice.set(JAVA_LONG, 0, 1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> segment.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> arena.allocate(8)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aConfinedArenaIsItsThreadsOnly() throws Throwable {
    try (Arena arena = confined()) {
      MemorySegment segment = arena.allocate(8, 8);
      assertThat(segment.isAccessibleBy(Thread.currentThread())).isTrue();
      onAnotherThread(
          () -> {
            assertThat(segment.isAccessibleBy(Thread.currentThread())).isFalse();
            assertThatThrownBy(() -> segment.get(JAVA_LONG, 0))
                .isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> arena.allocate(8)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(arena::close).isInstanceOf(WrongThreadException.class);
          });
      segment.set(JAVA_LONG, 0, 5);
    }
  }

  @Test
  void aSharedArenaIsEverybodys() throws Throwable {
    Arena arena = shared();
    MemorySegment segment = arena.allocate(8, 8);
    onAnotherThread(
        () -> {
          segment.set(JAVA_LONG, 0, 77);
          arena.allocate(8).set(JAVA_BYTE, 0, (byte) 1);
        });
    assertThat(segment.get(JAVA_LONG, 0)).isEqualTo(77);
    onAnotherThread(arena::close);
    assertThatThrownBy(() -> segment.get(JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
  }
}
