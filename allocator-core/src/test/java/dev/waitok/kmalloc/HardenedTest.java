package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_CACHEALIGN;
import static dev.waitok.kmalloc.MallocFlags.M_POWEROF2;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waitok.kmalloc.MemoryDamage.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each misuse of a guarded block: it is found, it is named, and the process goes on. */
class HardenedTest {
  private static final long MIB = 1 << 20;
  private static final byte POISON = (byte) 0xDE;

  private final BlockingQueue<MemoryDamage> told = new LinkedBlockingQueue<>();
  private Kmalloc kmalloc;
  private MallocType type;

  @BeforeEach
  void open() {
    kmalloc = builder().hardened(Hardening.FULL).quarantine(MIB).build();
    type = kmalloc.type("test");
  }

  private KmallocBuilder builder() {
    return Kmalloc.builder().arena(16 * MIB).pageSize(4096).onDamage(told::add);
  }

  @AfterEach
  void stillServesAndHoldsItsInvariants() {
    if (!kmalloc.isClosed()) {
      type.kfree(type.kmalloc(100));
      TestHooks.of(kmalloc).checkInvariants();
    }
    kmalloc.close();
  }

  private void write(long offset) {
    kmalloc.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) 0x5a);
  }

  private byte read(long offset) {
    return kmalloc.memory().get(ValueLayout.JAVA_BYTE, offset);
  }

  /** Takes what is in quarantine out of it, which looks at it. */
  private void callIn() {
    TestHooks.of(kmalloc).callIn();
  }

  private MemoryDamage nextTold() throws InterruptedException {
    return told.take();
  }

  private static void assertNamed(MemoryDamage damage, Kind kind, long size, long offset, long at) {
    assertThat(damage.kind()).isEqualTo(kind);
    assertThat(damage.type()).isEqualTo("test");
    assertThat(damage.size()).isEqualTo(size);
    assertThat(damage.offset()).isEqualTo(offset);
    assertThat(damage.at()).isEqualTo(at);
    assertThat(damage.value()).isEqualTo((byte) 0x5a);
    assertThat(damage.allocated()).contains("HardenedTest");
    assertThat(damage.toString()).contains(kind.name(), "type test", "size=" + size);
  }

  @Nested
  class OutOfBounds {
    @ParameterizedTest
    @CsvSource({"1,0", "1,31", "100,0", "100,31", "4096,0", "16384,31", "70000,0", "1048576,31"})
    void anOverflowIsNamedAtTheFreeAndByAWalk(long size, long by) throws InterruptedException {
      long block = type.kmallocAddress(size);
      assertThat(kmalloc.checkAll()).isEmpty();
      write(block + size + by);
      assertThat(kmalloc.checkAll()).hasSize(1);
      assertNamed(kmalloc.checkAll().getFirst(), Kind.OVERFLOW, size, block, size + by);
      DamagedBlockException thrown =
          catchThrowableOfType(DamagedBlockException.class, () -> type.kfree(block));
      assertNamed(thrown.damage(), Kind.OVERFLOW, size, block, size + by);
      assertThat(nextTold()).isEqualTo(thrown.damage());
      assertThat(kmalloc.damages()).isEqualTo(1);
      assertThat(type.statistics().inUse()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,32", "100,1", "100,32", "16384,32", "70000,1", "1048576,32"})
    void anUnderflowIsNamedAtTheFreeAndByAWalk(long size, long by) {
      long before = type.kmallocAddress(size);
      long block = type.kmallocAddress(size);
      write(block - by);
      assertThat(kmalloc.checkAll()).hasSize(1);
      assertNamed(kmalloc.checkAll().getFirst(), Kind.UNDERFLOW, size, block, -by);
      assertThatThrownBy(() -> type.kfree(block))
          .isInstanceOf(DamagedBlockException.class)
          .hasMessageContaining("UNDERFLOW at byte " + -by);
      type.kfree(before);
    }

    @Test
    void aSegmentThrowsAtAnyDistance() {
      MemorySegment block = type.kmalloc(100);
      for (long at : new long[] {-1, -32, -MIB, 100, 131, MIB}) {
        assertThatThrownBy(() -> block.set(ValueLayout.JAVA_BYTE, at, (byte) 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      type.kfree(block);
    }

    @Test
    void oneByAMebibyteIsFoundWhereItHitsAGuardedBlocksZone() {
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        blocks.add(type.kmallocAddress(65_536 - 128));
      }
      // Blocks of 16 pages lie side by side: a mebibyte further is another one's zone.
      write(blocks.get(3) + 65_536 - 128 + MIB);
      assertThat(kmalloc.checkAll()).hasSize(1);
      assertThat(kmalloc.checkAll().getFirst().offset()).isNotEqualTo(blocks.get(3));
      int damaged = 0;
      for (long block : blocks) {
        try {
          type.kfree(block);
        } catch (DamagedBlockException e) {
          damaged++;
        }
      }
      assertThat(damaged).isEqualTo(1);
    }
  }

  @Nested
  class WrongFrees {
    @ParameterizedTest
    @ValueSource(longs = {1, 100, 16384, 70_000})
    void anImmediateDoubleFreeNamesBothSites(long size) {
      long block = type.kmallocAddress(size);
      type.kfree(block);
      assertThatThrownBy(() -> type.kfree(block))
          .isInstanceOf(InvalidFreeException.class)
          .hasMessageContaining("double free of a freed block of type test, size=" + size)
          .hasMessageMatching("(?s).*allocated at .*HardenedTest.*freed at .*HardenedTest.*");
    }

    @Test
    void aDelayedAndAnInterleavedOne() {
      long a = type.kmallocAddress(100);
      long b = type.kmallocAddress(100);
      type.kfree(a);
      type.kfree(b);
      assertThatThrownBy(() -> type.kfree(a)).hasMessageContaining("double free");
      callIn();
      assertThatThrownBy(() -> type.kfree(b)).isInstanceOf(InvalidFreeException.class);
    }

    @Test
    void oneThroughASegmentWhoseMemoryHasAnotherOwner() {
      try (Kmalloc reusing = builder().hardened(Hardening.FULL).quarantine(0).build()) {
        MallocType t = reusing.type("t");
        MemorySegment stale = t.kmalloc(100);
        t.kfree(stale);
        MemorySegment owner = t.kmalloc(100);
        assertThat(owner.address()).isEqualTo(stale.address());
        assertThatThrownBy(() -> t.kfree(stale))
            .isInstanceOf(InvalidFreeException.class)
            .hasMessageContaining("double free: the segment")
            .hasMessageContaining("size=100");
        owner.fill((byte) 1);
        t.kfree(owner);
      }
    }

    @Test
    void anotherTypesAndASlicesAndAnInteriorOneAreNamed() {
      MallocType other = kmalloc.type("other");
      MemorySegment block = type.kmalloc(100);
      assertThatThrownBy(() -> other.kfree(block))
          .hasMessageContaining("as type other: it is a live block of type test, size=100");
      assertThatThrownBy(() -> type.kfree(block.asSlice(8)))
          .hasMessageContaining("inside the block of 100 bytes");
      long start = type.kmallocAddress(100);
      assertThatThrownBy(() -> type.kfree(start - 64)).hasMessageContaining("inside the block");
      assertThatThrownBy(() -> type.kfree(12 * MIB)).hasMessageContaining("no block begins there");
      assertThatThrownBy(() -> type.kfree(-100)).hasMessageContaining("outside the arena");
      type.kfree(start);
      type.kfree(block.asSlice(0, 10));
      assertThat(type.statistics().inUse()).isZero();
    }

    @Test
    void aTypeThatIsNotHardenedNamesTheGuardedBlockToo() {
      try (Kmalloc some = builder().hardened("a", Hardening.FULL).build()) {
        long block = some.type("a").kmallocAddress(100);
        assertThatThrownBy(() -> some.type("b").kfree(block))
            .hasMessageContaining("as type b: it is a live block of type a, size=100")
            .hasMessageContaining("allocated at");
        some.type("a").kfree(block);
      }
    }

    @Test
    void aBlockThatACallUsesIsNotFreed() {
      MemorySegment block = type.kmalloc(100);
      try (UsedSegment _ = new UsedSegment(block)) {
        assertThatThrownBy(() -> type.kfree(block))
            .isInstanceOf(InvalidFreeException.class)
            .hasMessageContaining("uses the block at the moment")
            .hasMessageContaining("type test, size=100");
        block.fill((byte) 1);
      }
      type.kfree(block);
    }

    @Test
    void anImpossiblyLargeRequestIsRefused() {
      for (long size : new long[] {16 * MIB, Long.MAX_VALUE - 64, Long.MAX_VALUE}) {
        assertThatThrownBy(() -> type.kmalloc(size))
            .isInstanceOf(RequestTooLargeException.class)
            .hasMessageContaining("size=" + size);
      }
    }
  }

  @Nested
  class AfterTheFree {
    @Test
    void aSegmentThrowsAtTheAccess() {
      MemorySegment block = type.kmalloc(100);
      MemorySegment slice = block.asSlice(10, 20);
      type.kfree(block);
      assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> slice.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
          .isInstanceOf(IllegalStateException.class);
      MemorySegment old = type.kmalloc(100);
      MemorySegment grown = type.krealloc(old, 101, M_WAITOK);
      assertThatThrownBy(() -> old.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> type.krealloc(old, 50, M_WAITOK))
          .isInstanceOf(InvalidFreeException.class);
      type.kfree(grown);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "100,0", "100,99", "70000,35000"})
    void aWriteByAddressIsNamedByAWalkAndWhenTheBlockIsToBeUsedAgain(long size, long at)
        throws InterruptedException {
      long block = type.kmallocAddress(size);
      type.kfree(block);
      write(block + at);
      assertThat(kmalloc.checkAll()).hasSize(1);
      callIn();
      MemoryDamage damage = nextTold();
      assertNamed(damage, Kind.USE_AFTER_FREE, size, block, at);
      assertThat(damage.freed()).contains("HardenedTest");
    }

    @Test
    void aReadByAddressSeesPoisonAndFreshMemoryIsMarked() {
      long block = type.kmallocAddress(100);
      assertThat(read(block)).isEqualTo((byte) 0xBA);
      type.kfree(block);
      assertThat(read(block)).isEqualTo(POISON);
      assertThat(read(block + 99)).isEqualTo(POISON);
    }

    @Test
    void zeroingLeavesNothing() {
      try (Kmalloc zeroing =
          builder().hardened(Hardening.sampled(2).withZeroing()).quarantine(0).build()) {
        MallocType secrets = zeroing.type("secrets");
        for (int i = 0; i < 20; i++) {
          long block = secrets.kmallocAddress(100);
          MemorySegment memory = zeroing.memory().asSlice(block, 100);
          memory.fill((byte) 'x');
          secrets.kfree(block);
          assertThat(memory.mismatch(MemorySegment.ofArray(new byte[100]))).isEqualTo(-1);
        }
      }
    }

    @Test
    void memoryIsNotUsedAgainAtOnceButFirstInFirstOut() {
      long first = type.kmallocAddress(60_000);
      type.kfree(first);
      List<Long> later = new ArrayList<>();
      int blocks = 0;
      while (!later.contains(first)) {
        later.add(type.kmallocAddress(60_000));
        type.kfree(later.getLast());
        blocks++;
      }
      // Each takes 15 pages; a mebibyte of them must have come after the first.
      assertThat(blocks).isGreaterThanOrEqualTo((int) (MIB / 61_440));
    }

    @Test
    void aDelayedFreeDoesNotKeepAnythingFromWhoAsks() {
      TestHooks.of(kmalloc).holdPageout();
      long room = 16 * MIB - 100 * 4096;
      for (int i = 0; i < 40; i++) {
        MemorySegment block = type.tryKmalloc(room / 2);
        assertThat(block).as("round %d", i).isNotNull();
        type.kfree(block);
      }
      assertThat(type.statistics().waits()).isZero();
      TestHooks.of(kmalloc).resumePageout();
    }
  }

  @Nested
  class Accounts {
    @Test
    void zonesAreChargedToTheTypeAndQuarantineToItsOwn() {
      long block = type.kmallocAddress(100);
      assertThat(type.usableSize(block)).isEqualTo(100);
      assertThat(type.statistics().bytes()).isBetween(228L, 256L);
      type.kfree(block);
      assertThat(type.statistics().bytes()).isZero();
      assertThat(kmalloc.type(Kmalloc.QUARANTINE).statistics().bytes()).isBetween(228L, 256L);
      callIn();
      assertThat(kmalloc.type(Kmalloc.QUARANTINE).statistics().bytes()).isZero();
      assertThat(kmalloc.pages().free() + kmalloc.pages().wired()).isEqualTo(4096);
    }

    @Test
    void alignmentsAndZeroesAreKept() {
      for (long size : new long[] {1, 100, 5000, 70_000}) {
        long power = Long.highestOneBit(2 * size - 1);
        for (int flags : new int[] {M_POWEROF2, M_CACHEALIGN, M_ZERO}) {
          MemorySegment block = type.kmalloc(size, M_WAITOK | flags);
          if (flags == M_POWEROF2) {
            assertThat(block.address() % power).isZero();
          } else if (flags == M_CACHEALIGN) {
            assertThat(block.address() % 64).isZero();
          } else {
            assertThat(block.mismatch(MemorySegment.ofArray(new byte[(int) size]))).isEqualTo(-1);
          }
          type.kfree(block);
        }
      }
    }

    @Test
    void everyNthRequestThatMayFailDoes() {
      try (Kmalloc failing = builder().hardened("t", Hardening.FULL.withFailures(4)).build()) {
        MallocType t = failing.type("t");
        int failed = 0;
        for (int i = 0; i < 1000; i++) {
          MemorySegment block = t.tryKmalloc(100);
          if (block == null) {
            failed++;
          } else {
            t.kfree(block);
          }
          t.kfree(t.kmalloc(100));
        }
        assertThat(failed).isBetween(150, 350);
      }
    }

    @Test
    void oneInSoManyIsGuardedAndFoundOut() {
      try (Kmalloc sampled = builder().hardened(Hardening.sampled(10)).build()) {
        MallocType t = sampled.type("t");
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
          blocks.add(t.kmallocAddress(64));
        }
        LeakReport.Leak leak = sampled.leaks().leaks().getFirst();
        assertThat(leak.blocks()).isBetween(700L, 1300L);
        assertThat(leak.oneIn()).isEqualTo(10);
        assertThat(leak.toString()).contains("one in 10");
        blocks.forEach(t::kfree);
        assertThat(t.statistics().bytes()).isZero();
        assertThat(sampled.leaks().leaks()).isEmpty();
      }
    }
  }

  @Nested
  class Leaks {
    @Test
    void areNamedByTypeSiteThreadAndAge() throws InterruptedException {
      Thread thread =
          Thread.ofPlatform()
              .name("leaker")
              .start(
                  () -> {
                    for (int i = 0; i < 3; i++) {
                      leak(100);
                    }
                  });
      thread.join();
      long kept = type.kmallocAddress(7);
      List<LeakReport.Leak> leaks = kmalloc.leaks().leaks();
      assertThat(leaks).hasSize(2);
      LeakReport.Leak leak = leaks.getFirst();
      assertThat(leak.type()).isEqualTo("test");
      assertThat(leak.site()).startsWith("dev.waitok.kmalloc.HardenedTest$Leaks.leak(");
      assertThat(leak.thread()).isEqualTo("leaker");
      assertThat(leak.blocks()).isEqualTo(3);
      assertThat(leak.bytes()).isEqualTo(300);
      assertThat(leak.oldest()).isGreaterThanOrEqualTo(leak.youngest());
      assertThat(leak.youngest()).isPositive();
      assertThat(leak.oldest()).isLessThan(Duration.ofMinutes(10));
      type.kfree(kept);
      assertThat(kmalloc.leaks().leaks()).hasSize(1);
    }

    private void leak(long size) {
      assertThat(type.kmallocAddress(size)).isNotNegative();
    }

    @Test
    void areNamedWhenTheTypeIsClosed() {
      long block = type.kmallocAddress(100);
      LeakReport report = type.close();
      assertThat(report.toString())
          .contains("test: 1 blocks, 100 bytes")
          .contains("areNamedWhenTheTypeIsClosed");
      assertThatThrownBy(() -> type.kmalloc(1)).isInstanceOf(LimitReachedException.class);
      type.kfree(block);
      MallocType again = kmalloc.type("test");
      assertThat(again).isNotSameAs(type);
      type = again;
    }

    @Test
    void segmentsThrowWhenTheAllocatorIsClosed() {
      MemorySegment block = type.kmalloc(100);
      kmalloc.close();
      assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(KmallocClosedException.class);
      assertThatThrownBy(() -> kmalloc.checkAll()).isInstanceOf(KmallocClosedException.class);
    }
  }

  @Test
  void whereAGuardedBlockReallyBeginsNoOtherCanBeFreed() {
    try (Kmalloc sampled =
        builder().hardened(Hardening.sampled(3)).stripes(1).readyAfter(0).build()) {
      MallocType t = sampled.type("t");
      for (int i = 0; i < 500; i++) {
        long block = t.kmallocAddress(16L << i % 5); // sampled or not, of the same classes
        for (long offset = Math.max(0, block - 64); offset < block; offset += 8) {
          long wrong = offset;
          assertThatThrownBy(() -> t.kfree(wrong)).isInstanceOf(InvalidFreeException.class);
        }
        t.kfree(block);
      }
      TestHooks.of(sampled).checkInvariants();
      assertThat(t.statistics().inUse()).isZero();
    }
  }
}
