package dev.waitok.kmalloc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our arenas keep the JDK's contract, and free what they gave. */
class TypeArenaTest extends ArenaContract {
  private static final long MIB = 1 << 20;

  private Kmalloc kmalloc;
  private MallocType type;

  @BeforeEach
  void open() {
    kmalloc = Kmalloc.builder().arena(64 * MIB).build();
    type = kmalloc.type("arena");
  }

  @AfterEach
  void everythingWasFreed() {
    assertThat(type.statistics().inUse()).isZero();
    assertThat(type.statistics().bytes()).isZero();
    if (!kmalloc.isClosed()) {
      TestHooks.of(kmalloc).checkInvariants();
    }
    kmalloc.close();
  }

  @Override
  Arena confined() {
    return type.confinedArena();
  }

  @Override
  Arena shared() {
    return type.sharedArena();
  }

  @Test
  void segmentsAreBlocksOfTheType() {
    try (Arena arena = type.confinedArena()) {
      MemorySegment block = arena.allocate(1000);
      long offset = block.address() - kmalloc.memory().address();
      assertThat(offset).isBetween(0L, 64 * MIB);
      assertThat(type.usableSize(offset)).isGreaterThanOrEqualTo(1000);
      assertThat(type.statistics().inUse()).isEqualTo(1);
    }
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void aLimitHoldsAndTheArenaStaysUsable() {
    MallocType small = kmalloc.type("small", 64 << 10);
    try (Arena arena = small.sharedArena()) {
      assertThatThrownBy(() -> arena.allocate(128 << 10))
          .isInstanceOf(LimitReachedException.class)
          .hasMessageContaining("small");
      assertThatThrownBy(() -> arena.allocate(1L << 40))
          .isInstanceOf(RequestTooLargeException.class);
      assertThat(arena.allocate(100).byteSize()).isEqualTo(100);
    }
    assertThat(small.statistics().inUse()).isZero();
  }

  @Test
  void anOpenArenaKeepsItsMemoryWhenTheAllocatorIsClosed() {
    Arena arena = type.confinedArena();
    MemorySegment segment = arena.allocate(5000);
    MemorySegment block = type.kmalloc(10);
    type.kfree(block);
    kmalloc.close();
    segment.fill((byte) 7);
    assertThat(segment.get(JAVA_BYTE, 4999)).isEqualTo((byte) 7);
    assertThatThrownBy(() -> block.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> arena.allocate(1)).isInstanceOf(KmallocClosedException.class);
    assertThatThrownBy(type::sharedArena).isInstanceOf(KmallocClosedException.class);
    arena.close();
    assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(type::confinedArena).isInstanceOf(KmallocClosedException.class);
  }

  @Test
  void memoryThatWasGivenMustOutliveTheArenas() {
    try (Arena outer = Arena.ofShared()) {
      Kmalloc over = Kmalloc.builder().segment(outer.allocate(MIB, 4096)).build();
      Arena arena = over.type("a").sharedArena();
      MemorySegment segment = arena.allocate(10);
      assertThatThrownBy(over::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1 arenas");
      segment.fill((byte) 1);
      arena.close();
    }
  }

  @Test
  void workInArenasOfAllocatedMemory() {
    try (Kmalloc unmapped = Kmalloc.builder().arena(MIB).unmapped().build()) {
      try (Arena arena = unmapped.type("a").confinedArena()) {
        arena.allocate(100).fill((byte) 1);
      }
      assertThat(unmapped.type("a").statistics().inUse()).isZero();
    }
  }

  @Test
  void aSegmentAllocatorGivesBlocksThatAreFreedOneByOne() {
    MemorySegment text = type.segmentAllocator().allocateFrom("text");
    assertThat(text.getString(0)).isEqualTo("text");
    MemorySegment aligned = type.segmentAllocator().allocate(100, 256);
    assertThat(aligned.address() % 256).isZero();
    assertThat(aligned.get(JAVA_BYTE, 99)).isZero();
    assertThat(type.statistics().inUse()).isEqualTo(2);
    type.kfree(text);
    type.kfree(aligned);
  }

  /**
   * Closes while others allocate and write: each call works or is refused as closed. Not asked of
   * the JDK's own arena: a write that races with its close may come after it (JDK-8364167), and
   * then damages what malloc has put there.
   */
  @Test
  void aSharedArenaMayBeClosedWhileOthersAllocate() throws Throwable {
    for (int round = 0; round < 20; round++) {
      Arena arena = shared();
      int threads = 4;
      CountDownLatch busy = new CountDownLatch(threads);
      AtomicInteger refused = new AtomicInteger();
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  while (true) {
                    try {
                      arena.allocate(100, 8).set(JAVA_LONG, 0, 1);
                    } catch (IllegalStateException e) {
                      refused.incrementAndGet();
                      return;
                    } finally {
                      busy.countDown();
                    }
                  }
                },
                Thread::startVirtualThread));
      }
      busy.await();
      while (arena.scope().isAlive()) {
        try {
          arena.close();
        } catch (IllegalStateException e) {
          assertThat(arena.scope().isAlive()).as("in use at that moment").isTrue();
        }
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
      assertThat(refused).hasValue(threads);
    }
  }
}
