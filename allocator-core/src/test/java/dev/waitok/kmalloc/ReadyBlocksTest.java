package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks that are kept for their type's next request: free for everybody, and in all figures. */
class ReadyBlocksTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 256;

  private final FakeScheduler scheduler = new FakeScheduler(2);
  private final Kmalloc kmalloc =
      Kmalloc.builder().arena((long) PAGES * PAGE).pageSize(PAGE).stripes(1).readyAfter(0).build();
  private final TestHooks hooks = TestHooks.of(kmalloc);
  private final SchedulerPort.Lease lease = kmalloc.schedulerPort().attach(scheduler, 2);
  private final MallocType type = kmalloc.type("t");
  private final MallocType other = kmalloc.type("other");
  private long keep;
  private SchedulerPort.Lease again = lease;

  /** Two frees make the class warm and open it; the next one leaves its block ready. */
  @BeforeEach
  void open() {
    hooks.holdPageout();
    scheduler.on(0);
    keep = type.kmallocAddress(100);
    for (MallocType t : List.of(type, other)) {
      for (int i = 0; i < 3; i++) {
        t.kfree(t.kmallocAddress(100));
      }
    }
  }

  @AfterEach
  void close() {
    scheduler.on(-1);
    hooks.checkInvariants();
    lease.close();
    hooks.checkInvariants();
    kmalloc.close();
  }

  private long readyBlock() {
    scheduler.on(0); // each method may run on a thread of its own
    long block = type.kmallocAddress(100);
    type.kfree(block);
    return block;
  }

  @Test
  void theTypeTakesItNextAndNoOtherTypeDoes() {
    long block = readyBlock();
    assertThat(other.kmallocAddress(100)).isNotEqualTo(block);
    assertThat(type.kmallocAddress(100)).isEqualTo(block);
  }

  @Test
  void itIsNeitherInUseNorCharged() {
    long before = type.statistics().bytes();
    readyBlock();
    assertThat(type.statistics().inUse()).isEqualTo(1);
    assertThat(type.statistics().bytes()).isEqualTo(before);
  }

  @Test
  void aSecondFreeIsNamedToWhoeverDidIt() {
    long block = readyBlock();
    for (int cpu = -1; cpu < 2; cpu++) {
      scheduler.on(cpu);
      assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
      assertThatThrownBy(() -> other.kfree(block)).isInstanceOf(InvalidFreeException.class);
      assertThatThrownBy(() -> type.usableSize(block)).isInstanceOf(InvalidFreeException.class);
    }
    scheduler.on(0);
    assertThat(type.kmallocAddress(100)).isEqualTo(block);
    assertThat(type.kmallocAddress(100)).isNotEqualTo(block);
    assertThat(type.statistics().inUse()).isEqualTo(3);
  }

  @Test
  void aFreeFromElsewhereOfTheBlockThatWasReadyIsRight() {
    long block = readyBlock();
    assertThat(type.kmallocAddress(100)).isEqualTo(block);
    scheduler.on(1);
    type.kfree(block);
    scheduler.on(0);
    assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
    assertThat(type.statistics().inUse()).isEqualTo(1);
  }

  @Test
  void itCountsAsUnusedAtTheTypesLimit() {
    scheduler.on(0);
    MallocType limited = kmalloc.type("limited", 128 * 104); // room for one ready block
    for (int i = 0; i < 127; i++) {
      limited.kmallocAddress(100);
    }
    for (int i = 0; i < 3; i++) {
      limited.kfree(limited.kmallocAddress(100));
    }
    assertThat(limited.statistics().bytes()).isEqualTo(127 * 104);
    assertThat(limited.kmallocAddress(90)).as("of another class").isNotNegative();
    assertThatThrownBy(() -> limited.kmallocAddress(100)).isInstanceOf(LimitReachedException.class);
  }

  @Test
  void whoFindsNothingElseGetsWhatIsReadyForOthers() {
    long block = readyBlock();
    List<Long> all = new ArrayList<>();
    long offset;
    while ((offset = other.tryKmallocAddress(100)) != Kmalloc.NULL) {
      all.add(offset);
    }
    assertThat(all).contains(block);
  }

  @Test
  void itIsAnyTypesOnceOwnersAreCalledIn() {
    long block = readyBlock();
    type.kfree(keep);
    hooks.callIn();
    scheduler.on(0);
    assertThat(kmalloc.pages().free()).as("its zone's pages too").isEqualTo(PAGES);
    assertThat(type.kmallocAddress(100)).isLessThanOrEqualTo(block);
  }

  @Test
  void aZoneThatIsEmptyWithoutItIsGivenBackWhenItsCpuGoes() {
    readyBlock();
    type.kfree(keep);
    long[] blocks = new long[40];
    Arrays.setAll(blocks, i -> other.kmallocAddress(2048));
    Arrays.stream(blocks).forEach(other::kfree); // more than may idle
    assertThat(kmalloc.pageStatistics().idlePages()).isBetween(5, 10);
    scheduler.on(-1);
    lease.close();
    hooks.checkInvariants();
    hooks.callIn();
    assertThat(kmalloc.pages().free()).isEqualTo(PAGES);
  }

  @Test
  void aClosedAllocatorHandsNothingOut() {
    readyBlock();
    scheduler.on(-1);
    kmalloc.close();
    scheduler.on(0);
    assertThatThrownBy(() -> type.kmallocAddress(100)).isInstanceOf(KmallocClosedException.class);
  }

  @Test
  void aLimitThatWasRaisedWhileACpuWasGoneIsNotExceededByIt() {
    scheduler.on(0);
    MallocType limited = kmalloc.type("limited", 64 * 104);
    limited.kfree(limited.kmallocAddress(100));
    long limit = 160 * 1024;
    changeWhileAway(limited, limit);
    Deque<Long> all = new ArrayDeque<>();
    for (int round = 0; round < 10; round++) {
      fill(limited, all);
      assertThat(limited.statistics().bytes()).as("round %d", round).isLessThanOrEqualTo(limit);
      for (int i = 0; i < 4; i++) {
        limited.kfree(all.remove());
      }
    }
    again.close();
  }

  @Test
  void aLimitThatWasLoweredWhileACpuWasGoneBoundsWhatItKeeps() {
    scheduler.on(0);
    MallocType limited = kmalloc.type("limited", 128 * 1024);
    limited.kfree(limited.kmallocAddress(100));
    changeWhileAway(limited, 64 * 104);
    Deque<Long> all = new ArrayDeque<>();
    fill(limited, all);
    assertThat(all).hasSize(64);
    all.forEach(limited::kfree);
    scheduler.on(1);
    all.clear();
    fill(limited, all);
    assertThat(all).as("without a batch of cpu 0's").hasSizeGreaterThanOrEqualTo(63);
    again.close();
  }

  private void changeWhileAway(MallocType of, long limit) {
    scheduler.on(-1);
    lease.close();
    of.limit(limit);
    again = kmalloc.schedulerPort().attach(scheduler, 2);
    scheduler.on(0);
  }

  private static void fill(MallocType of, Deque<Long> all) {
    for (long o = of.tryKmallocAddress(100); o != Kmalloc.NULL; o = of.tryKmallocAddress(100)) {
      all.add(o);
    }
  }

  @Test
  void aZoneWithNothingButAReadyBlockIsUsedThoughItsPagesAreBelowTheFloor() throws Exception {
    scheduler.on(0);
    for (int i = 0; i < 3; i++) {
      other.kfree(other.kmallocAddress(4000));
    }
    long block = other.kmallocAddress(4000);
    other.kfree(block);
    while (hooks.takeFree() >= 0) {}
    CompletableFuture<CompletableFuture<MemorySegment>> waits = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> waits.complete(kmalloc.type("waits").kmallocAsync(2 * PAGE)))
        .join(); // cpu 0 has a message now, and has not handled it
    assertThat(type.tryKmallocAddress(4000)).isEqualTo(block);
  }
}
