package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_CACHEALIGN;
import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NULLOK;
import static dev.waitok.kmalloc.MallocFlags.M_POWEROF2;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KmallocTest {
  private static final long MIB = 1 << 20;

  private Kmalloc kmalloc;
  private MallocType type;

  /** What all of these tests build their allocator with. */
  KmallocBuilder builder() {
    return Kmalloc.builder();
  }

  @BeforeEach
  void open() {
    kmalloc = builder().arena(16 * MIB).build();
    type = kmalloc.type("test");
  }

  @AfterEach
  void holdInvariantsAndClose() {
    if (!kmalloc.isClosed()) {
      TestHooks.of(kmalloc).checkInvariants();
    }
    kmalloc.close();
  }

  @Nested
  class Segments {
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 16, 17, 128, 129, 1024, 1025, 4096, 16384, 16385, 65536, 1 << 20})
    void hasTheSizeAskedFor(long size) {
      MemorySegment block = type.kmalloc(size);
      assertThat(block.byteSize()).isEqualTo(size);
      assertThat(type.usableSize(block)).isGreaterThanOrEqualTo(size);
      block.set(ValueLayout.JAVA_BYTE, size - 1, (byte) 42);
      assertThat(block.get(ValueLayout.JAVA_BYTE, size - 1)).isEqualTo((byte) 42);
      type.kfree(block);
      assertThat(type.statistics().inUse()).isZero();
      assertThat(type.statistics().bytes()).isZero();
    }

    @Test
    void zeroSizeIsADistinctCookie() {
      MemorySegment none = type.kmalloc(0);
      assertThat(none.byteSize()).isZero();
      type.kfree(none);
      assertThat(type.kmallocAddress(0)).isEqualTo(Kmalloc.ZERO_SIZE);
      type.kfree(Kmalloc.ZERO_SIZE);
      assertThat(type.tryKmallocAddress(0)).isNotEqualTo(Kmalloc.NULL);
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void zeroesOnRequestOnly() {
      for (long size : new long[] {24, 3000, 40_000}) {
        MemorySegment dirty = type.kmalloc(size);
        dirty.fill((byte) 0x5a);
        type.kfree(dirty);
        MemorySegment zeroed = type.kmalloc(size, M_WAITOK | M_ZERO);
        assertThat(zeroed.mismatch(MemorySegment.ofArray(new byte[(int) size]))).isEqualTo(-1);
        type.kfree(zeroed);
      }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 100, 1000, 5000, 9000, 20_000, 70_000})
    void keepsAlignments(long size) {
      long power = Long.highestOneBit(2 * size - 1);
      long a = type.kmallocAddress(size, M_WAITOK | M_POWEROF2);
      assertThat(kmalloc.nativeAddress(a) % power).isZero();
      long b = type.kmallocAddress(size, M_WAITOK | M_CACHEALIGN);
      assertThat(kmalloc.nativeAddress(b) % 64).isZero();
      type.kfree(a);
      type.kfree(b);
      for (long align = 1; align <= 4 * MIB; align *= 2) {
        long c = kmalloc.kmallocAddressAligned(size, align, type, M_WAITOK);
        assertThat(kmalloc.nativeAddress(c) % align).as("alignment %d", align).isZero();
        type.kfree(c);
      }
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void aBlockFreesItselfOnce() {
      Block block = type.block(512);
      block.segment().fill((byte) 1);
      block.close();
      block.close();
      assertThatThrownBy(block::segment).hasMessageContaining("512");
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void reallocKeepsContents() {
      MemorySegment block = type.kmalloc(10);
      for (int i = 0; i < 10; i++) {
        block.set(ValueLayout.JAVA_BYTE, i, (byte) (i + 1));
      }
      for (long size : new long[] {12, 16, 100, 5000, 20_000, 33_000, 50, 10}) {
        block = type.krealloc(block, size, M_WAITOK);
        assertThat(block.byteSize()).isEqualTo(size);
        for (int i = 0; i < 10; i++) {
          assertThat(block.get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) (i + 1));
        }
      }
      MemorySegment none = type.krealloc(block, 0, M_WAITOK);
      assertThat(none.byteSize()).isZero();
      assertThat(type.statistics().inUse()).isZero();
      type.kfree(type.krealloc(none, 77, M_WAITOK));
    }
  }

  @Nested
  class WrongFrees {
    @ParameterizedTest
    @ValueSource(longs = {16, 200, 16384, 40_000})
    void doubleFree(long size) {
      long block = type.kmallocAddress(size);
      type.kfree(block);
      assertThatThrownBy(() -> type.kfree(block))
          .isInstanceOf(InvalidFreeException.class)
          .hasMessageContaining("offset=" + block)
          .hasMessageContaining("type test");
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void doubleFreeIsNamed() {
      long keepsZone = type.kmallocAddress(64);
      long block = type.kmallocAddress(64);
      type.kfree(block);
      assertThatThrownBy(() -> type.kfree(block)).hasMessageContaining("double free");
      type.kfree(keepsZone);
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 40_000})
    void wrongType(long size) {
      MallocType other = kmalloc.type("other");
      long block = type.kmallocAddress(size);
      assertThatThrownBy(() -> other.kfree(block))
          .isInstanceOf(InvalidFreeException.class)
          .hasMessageContaining("as type other")
          .hasMessageContaining("live block of type test");
      type.kfree(block);
    }

    @ParameterizedTest
    @ValueSource(longs = {64, 40_000})
    void interiorPointer(long size) {
      MemorySegment block = type.kmalloc(size);
      assertThatThrownBy(() -> type.kfree(block.asSlice(1)))
          .isInstanceOf(InvalidFreeException.class)
          .hasMessageContaining("inside the block");
      type.kfree(block.asSlice(0, 1));
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void foreignPointers() {
      try (Arena arena = Arena.ofConfined()) {
        assertThatThrownBy(() -> type.kfree(arena.allocate(10)))
            .isInstanceOf(InvalidFreeException.class)
            .hasMessageContaining("outside the arena");
      }
      assertThatThrownBy(() -> type.kfree(MemorySegment.ofArray(new byte[8])))
          .isInstanceOf(InvalidFreeException.class);
      assertThatThrownBy(() -> type.kfree(-1)).isInstanceOf(InvalidFreeException.class);
      assertThatThrownBy(() -> type.kfree(16 * MIB)).isInstanceOf(InvalidFreeException.class);
      assertThatThrownBy(() -> type.kfree(8 * MIB))
          .hasMessageContaining("no block begins there: the page is FREE");
      try (Kmalloc second = Kmalloc.builder().arena(MIB).build()) {
        assertThatThrownBy(() -> second.kmalloc(8, type, M_WAITOK))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("test");
      }
    }
  }

  @Nested
  class Flags {
    @ParameterizedTest
    @ValueSource(
        ints = {
          0,
          M_NOWAIT,
          M_INTNOWAIT,
          M_NULLOK | M_WAITOK,
          M_USE_RESERVE,
          M_ZERO,
          0x8000 | M_WAITOK,
          M_WAITOK | 1,
          M_WAITOK | 0x1000
        })
    void kmallocRefuses(int flags) {
      for (long size : new long[] {0, 10, 100_000}) {
        assertThatThrownBy(() -> type.kmalloc(size, flags))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(MallocFlags.toString(flags));
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, M_WAITOK, M_INTWAIT, 1, M_NOWAIT | M_WAITOK, M_NOWAIT | M_NULLOK})
    void tryKmallocRefuses(int flags) {
      assertThatThrownBy(() -> type.tryKmalloc(10, flags))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(MallocFlags.toString(flags));
    }

    @Test
    void namesAreReadable() {
      assertThat(MallocFlags.toString(M_WAITOK | M_USE_RESERVE))
          .isEqualTo("M_WAITOK|M_USE_RESERVE");
      assertThat(MallocFlags.toString(M_INTWAIT | M_ZERO)).isEqualTo("M_INTWAIT|M_ZERO");
      assertThat(MallocFlags.toString(M_INTNOWAIT)).isEqualTo("M_INTNOWAIT");
      assertThat(MallocFlags.toString(0x8000)).isEqualTo("0x8000");
    }

    @Test
    void badSizesAreRefused() {
      assertThatThrownBy(() -> type.kmalloc(-1)).hasMessageContaining("size=-1");
      assertThatThrownBy(() -> type.tryKmalloc(Long.MIN_VALUE)).hasMessageContaining("size=-");
      for (long size : new long[] {16 * MIB, 16 * MIB + 1, Long.MAX_VALUE}) {
        assertThatThrownBy(() -> type.kmalloc(size))
            .isInstanceOf(RequestTooLargeException.class)
            .hasMessageContaining("size=" + size);
        assertThatThrownBy(() -> type.tryKmalloc(size))
            .isInstanceOf(RequestTooLargeException.class);
      }
      assertThatThrownBy(() -> kmalloc.kmallocAligned(8, 3, type, M_WAITOK))
          .hasMessageContaining("alignment=3");
    }
  }

  @Nested
  class Limits {
    @Test
    void nullOrExceptionAtTheLimit() {
      MallocType small = kmalloc.type("small", 4096);
      List<MemorySegment> blocks = new ArrayList<>();
      for (MemorySegment b = small.tryKmalloc(512); b != null; b = small.tryKmalloc(512)) {
        blocks.add(b);
      }
      assertThat(small.statistics().bytes()).isBetween(4096 - 64L - 512, 4096L);
      assertThatThrownBy(() -> small.kmalloc(512))
          .isInstanceOf(LimitReachedException.class)
          .hasMessageContaining("small")
          .hasMessageContaining("limit=4096");
      assertThat(small.tryKmalloc(512, M_WAITOK | M_NULLOK)).isNull();
      assertThat(small.statistics().failures()).isEqualTo(3);
      small.limit(8192);
      blocks.add(small.kmalloc(512));
      blocks.forEach(small::kfree);
      assertThat(small.statistics().inUse()).isZero();
      assertThat(small.statistics().peakBytes()).isLessThanOrEqualTo(8192);
    }

    @Test
    void theExistingTypeKeepsItsLimit() {
      MallocType first = kmalloc.type("one", 100);
      assertThat(kmalloc.type("one", 5)).isSameAs(first);
      assertThat(first.limit()).isEqualTo(100);
    }
  }

  @Nested
  class Closing {
    @Test
    void segmentsThrowAfterClose() {
      MemorySegment block = type.kmalloc(100);
      kmalloc.close();
      assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> type.kmalloc(1)).isInstanceOf(KmallocClosedException.class);
      assertThatThrownBy(() -> type.tryKmalloc(1)).isInstanceOf(KmallocClosedException.class);
      assertThatThrownBy(() -> kmalloc.type("new")).isInstanceOf(KmallocClosedException.class);
      kmalloc.close();
    }

    @Test
    void aCallersSegmentIsLeftAlone() {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment own = arena.allocate(MIB, 4096);
        try (Kmalloc over = Kmalloc.builder().segment(own).pageSize(4096).build()) {
          MallocType t = over.type("t");
          MemorySegment block = t.kmalloc(100);
          assertThat(block.address()).isBetween(own.address(), own.address() + MIB);
          t.kfree(block);
        }
        own.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      }
    }

    @Test
    void anAlignmentThatNoPageHasRoomForIsRefused() {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment own = arena.allocate(4 * MIB, MIB).asSlice(4096, 3 * MIB / 2);
        try (Kmalloc over = Kmalloc.builder().segment(own).pageSize(4096).build()) {
          MallocType t = over.type("t");
          t.kfree(over.kmallocAligned(MIB / 4, MIB, t, M_WAITOK));
          assertThatThrownBy(() -> over.kmallocAligned(3 * MIB / 4, MIB, t, M_WAITOK))
              .isInstanceOf(RequestTooLargeException.class);
        }
      }
    }

    @Test
    void aSegmentConfinedToOneThreadIsRefused() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment confined = arena.allocate(MIB, 4096);
        assertThatThrownBy(() -> Kmalloc.builder().segment(confined).build())
            .hasMessageContaining("confined");
      }
    }

    @Test
    void worksWithoutMapping() {
      try (Kmalloc plain = Kmalloc.builder().arena(MIB).pageSize(4096).unmapped().build()) {
        MallocType t = plain.type("t");
        t.kfree(t.kmalloc(50_000));
        assertThat(plain.pages().free() + plain.pages().wired()).isEqualTo(256);
      }
    }
  }

  @Nested
  class Building {
    @Test
    void badSettingsAreRefusedWithTheirNumbers() {
      assertThatThrownBy(() -> Kmalloc.builder().arena(0)).hasMessageContaining("bytes=0");
      assertThatThrownBy(() -> Kmalloc.builder().pageSize(5000)).hasMessageContaining("5000");
      assertThatThrownBy(() -> Kmalloc.builder().arena(1000).build())
          .hasMessageContaining("1000 bytes");
      assertThatThrownBy(() -> new Thresholds(3, 2, 4, 5)).hasMessageContaining("interrupt=3");
      assertThatThrownBy(
              () ->
                  Kmalloc.builder()
                      .arena(MIB)
                      .pageSize(65536)
                      .thresholds(new Thresholds(1, 2, 3, 16))
                      .build())
          .hasMessageContaining("target=16");
    }

    @Test
    @Tag("libc") // memory that is not there until it is touched
    void largeArenasGetLargerPages() {
      long gib = 1L << 30;
      for (long[] expected : new long[][] {{1, 4096}, {2, 8192}, {8, 32768}, {64, 262144}}) {
        try (Kmalloc large = Kmalloc.builder().arena(expected[0] * gib).build()) {
          assertThat(large.pages().pageSize()).isEqualTo(expected[1]);
          large.type("t").kfree(large.type("t").kmalloc(100));
        }
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 40, 100, 1000, 4096, 100_000, 10_000_000})
    void defaultThresholdsAreInOrder(int pages) {
      Thresholds t = Thresholds.forArena(pages);
      assertThat(t.interrupt()).isGreaterThanOrEqualTo(2);
      if (pages >= 40) {
        assertThat(t.target()).isLessThanOrEqualTo(pages / 8);
      }
    }
  }
}
