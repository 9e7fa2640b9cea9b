package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Memory given back to the system, as the system counts it. */
class TrimTest {
  private static final long MIB = 1 << 20;
  private static final int PAGE = 4096;

  private static KmallocBuilder quiet() {
    return Kmalloc.builder().pageSize(PAGE).giveBackAfter(Duration.ofDays(1));
  }

  private static long resident(Kmalloc kmalloc) {
    assumeThat(kmalloc.residentBytes()).isPresent();
    return kmalloc.residentBytes().getAsLong();
  }

  private static List<MemorySegment> fill(MallocType type, long bytes, long size) {
    List<MemorySegment> blocks = new ArrayList<>();
    for (long done = 0; done < bytes; done += size) {
      MemorySegment block = type.kmalloc(size);
      block.fill((byte) 1);
      blocks.add(block);
    }
    return blocks;
  }

  @Test
  void aPageGoesBackAfterAWholePeriodAndNoSooner() {
    try (Kmalloc kmalloc = quiet().arena(64 * MIB).build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      MallocType type = kmalloc.type("t");
      MemorySegment block = type.kmalloc(16 * MIB);
      block.fill((byte) 1);
      assertThat(resident(kmalloc)).isGreaterThanOrEqualTo(16 * MIB);
      type.kfree(block);
      hooks.trim();
      assertThat(resident(kmalloc))
          .as("one period may have been short")
          .isGreaterThan(16 * MIB - 1);
      assertThat(kmalloc.pageStatistics().idleFreePages()).isEqualTo(16 * MIB / PAGE);
      hooks.trim();
      assertThat(resident(kmalloc)).isZero();
      assertThat(kmalloc.pageStatistics().idleFreePages()).isZero();
      assertThat(kmalloc.pageStatistics().givenBackPages()).isEqualTo(16 * MIB / PAGE);
      assertThat(kmalloc.pages().free()).isEqualTo(64 * MIB / PAGE);
      hooks.checkInvariants();
    }
  }

  @Test
  void usedPagesKeepTheirContentsWhateverGoesBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Kmalloc kmalloc = quiet().arena(16 * MIB).build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      MallocType type = kmalloc.type("t");
      List<MemorySegment> blocks = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        MemorySegment block = type.tryKmalloc(8 + random.nextInt(30_000));
        if (block == null || random.nextInt(20) == 0) {
          for (int n = blocks.size() / 2; n > 0; n--) {
            MemorySegment freed = blocks.remove(random.nextInt(blocks.size()));
            long mark = freed.address();
            assertThat(freed.get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0))
                .as("seed %s", seed)
                .isEqualTo(mark);
            type.kfree(freed);
          }
        }
        if (block != null) {
          block.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0, block.address());
          blocks.add(block);
        }
        if (random.nextInt(100) == 0) {
          hooks.trim();
          hooks.checkInvariants();
        }
      }
      assertThat(kmalloc.pageStatistics().givenBackPages()).isPositive();
      blocks.forEach(type::kfree);
    }
  }

  @Test
  void aBurstIsGoneWithinTwoSecondsOfItsEndWithoutACall() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(256 * MIB).pageSize(PAGE).build()) {
      MallocType type = kmalloc.type("t");
      List<MemorySegment> early = fill(type, 16 * MIB, 700);
      List<MemorySegment> burst = fill(type, 64 * MIB, 700);
      burst.addAll(fill(type, 64 * MIB, 100_000));
      long atPeak = resident(kmalloc);
      long live = type.statistics().bytes();
      burst.forEach(type::kfree);
      long end = System.nanoTime();
      long left = type.statistics().bytes();
      long bound = left + left / 4 + 8 * MIB;
      long now = resident(kmalloc);
      while (now > bound && System.nanoTime() - end < 10_000_000_000L) {
        Thread.onSpinWait();
        now = resident(kmalloc);
      }
      double seconds = (System.nanoTime() - end) / 1e9;
      System.out.printf(
          "burst: live %d -> %d KiB, resident %d -> %d KiB in %.2f s%n",
          live >> 10, left >> 10, atPeak >> 10, now >> 10, seconds);
      assertThat(now).isLessThanOrEqualTo(bound);
      assertThat(seconds).isLessThan(2);
      early.forEach(type::kfree);
    }
  }

  @Test
  void whatIsAboveTheCapGoesBackBeforeItsTime() {
    try (Kmalloc kmalloc = quiet().arena(64 * MIB).retainAtMost(4 * MIB).build()) {
      MallocType type = kmalloc.type("t");
      MemorySegment block = type.kmalloc(32 * MIB);
      block.fill((byte) 1);
      type.kfree(block);
      while (resident(kmalloc) > 4 * MIB) {
        Thread.onSpinWait();
      }
      assertThat(resident(kmalloc)).as("not more than needed").isGreaterThanOrEqualTo(2 * MIB);
    }
  }

  @Test
  void nothingGoesBackBelowTheTargetOfFree() {
    try (Kmalloc kmalloc = quiet().arena(4 * MIB).build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.holdPageout();
      MallocType type = kmalloc.type("t");
      List<MemorySegment> blocks = fill(type, 3 * MIB, 8 * PAGE);
      while (kmalloc.pages().free() > kmalloc.thresholds().target()) {
        int page = hooks.takeFree();
        assertThat(page).isNotNegative();
      }
      type.kfree(blocks.removeLast());
      type.kfree(blocks.removeLast());
      hooks.trim();
      hooks.trim();
      hooks.trim();
      assertThat(kmalloc.pageStatistics().givenBackPages()).isEqualTo(16);
      type.kfree(blocks.removeLast());
      blocks.forEach(type::kfree);
    }
  }

  @Test
  void nullNeverMeansThatABatchWasAway() throws InterruptedException {
    try (Kmalloc kmalloc = quiet().arena(32 * MIB).build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      MallocType type = kmalloc.type("t");
      AtomicBoolean going = new AtomicBoolean(true);
      Thread trimmer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (going.get()) {
                      hooks.trim();
                    }
                  });
      long whole = kmalloc.pages().total() * (long) PAGE;
      for (int i = 0; i < 300; i++) {
        MemorySegment all = type.tryKmalloc(whole, M_INTNOWAIT);
        assertThat(all).as("round %s", i).isNotNull();
        all.asSlice(0, 4 * MIB).fill((byte) 1);
        type.kfree(all);
      }
      going.set(false);
      trimmer.join();
      hooks.checkInvariants();
    }
  }

  @Test
  void aCallersOwnMemoryIsLeftAlone() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment mine = arena.allocate(4 * MIB, PAGE);
      try (Kmalloc kmalloc = quiet().segment(mine).build()) {
        MallocType type = kmalloc.type("t");
        type.kfree(type.kmalloc(MIB));
        TestHooks.of(kmalloc).trim();
        TestHooks.of(kmalloc).trim();
        assertThat(kmalloc.pageStatistics().givenBackPages()).isZero();
      }
    }
  }
}
