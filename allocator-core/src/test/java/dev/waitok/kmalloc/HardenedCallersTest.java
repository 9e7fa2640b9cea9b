package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guarded blocks of cpus, preemptors, hard sections, waiters and futures. */
class HardenedCallersTest {
  private static final long PAGE = 4096;

  private final List<AttemptObserver.Outcome> outcomes = new ArrayList<>();
  private FakeScheduler scheduler;
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private MallocType type;

  @BeforeEach
  void open() {
    scheduler = new FakeScheduler(2);
    kmalloc =
        Kmalloc.builder()
            .arena(64 * PAGE)
            .pageSize(PAGE)
            .stripes(2)
            .hardened("t", Hardening.FULL)
            .quarantine(Long.MAX_VALUE)
            .build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    hooks.recheckEvery(Long.MAX_VALUE);
    hooks.observe((name, preempting, outcome) -> outcomes.add(outcome));
    kmalloc.schedulerPort().attach(scheduler, 2);
    type = kmalloc.type("t");
  }

  @AfterEach
  void close() {
    scheduler.on(-1);
    hooks.checkInvariants();
    kmalloc.close();
  }

  @Test
  void everybodyMayFreeWhatAnybodyAllocated() {
    for (int from = -1; from < 2; from++) {
      for (int to = -1; to < 2; to++) {
        for (long size : new long[] {10, 3000, 5 * PAGE}) {
          scheduler.on(from);
          if (from >= 0) {
            scheduler.preempting(true);
          }
          long block = type.kmallocAddress(size);
          MemorySegment segment = type.kmalloc(size);
          scheduler.on(to);
          if (to >= 0) {
            scheduler.preempting(true);
            scheduler.forbidBlocking("a spin lock is held");
          }
          type.kfree(block);
          type.kfree(segment);
          assertThatThrownBy(() -> type.kfree(block)).hasMessageContaining("double free");
          assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0))
              .isInstanceOf(IllegalStateException.class);
          if (to >= 0) {
            scheduler.forbidBlocking(null);
          }
        }
      }
    }
    assertThat(type.statistics().inUse()).isZero();
    assertThat(type.statistics().bytes()).isZero();
  }

  /** Fills quarantine with all the memory there is. */
  private void quarantineAll() {
    List<Long> blocks = new ArrayList<>();
    for (long b = type.tryKmallocAddress(2 * PAGE); b >= 0; b = type.tryKmallocAddress(2 * PAGE)) {
      blocks.add(b);
    }
    while (kmalloc.pages().free() > 0) {
      hooks.takeFree();
    }
    blocks.forEach(type::kfree);
    assertThat(kmalloc.pages().free()).isZero();
    assertThat(type.statistics().bytes()).isZero();
    outcomes.clear();
  }

  @Test
  void aPreemptorGetsWhatIsInQuarantineAndNeitherSwitchesNorTouchesCache() {
    for (String other : List.of("t", "plain")) {
      quarantineAll();
      scheduler.on(0).preempting(true);
      MallocType asking = kmalloc.type(other);
      long block = asking.kmallocAddress(3 * PAGE);
      assertThat(outcomes).containsExactly(AttemptObserver.Outcome.FREE);
      assertThat(scheduler.isPreempting()).isTrue();
      asking.kfree(block);
      scheduler.on(-1);
      hooks.callIn();
    }
  }

  @Test
  void nobodyWhoMayNotWaitIsRefusedWhatIsInQuarantine() {
    quarantineAll();
    MemorySegment block = kmalloc.type("plain").tryKmalloc(9 * PAGE);
    assertThat(block).isNotNull();
    kmalloc.type("plain").kfree(block);
  }

  @Test
  void aFreeWhileSomebodyWaitsIsNotKept() throws Exception {
    scheduler.on(-1);
    long block = type.kmallocAddress(20 * PAGE);
    while (kmalloc.pages().free() > 0) {
      hooks.takeFree();
    }
    CompletableFuture<Long> waiter =
        CompletableFuture.supplyAsync(() -> kmalloc.type("plain").kmallocAddress(9 * PAGE));
    while (kmalloc.pageStatistics().waiting() == 0) {
      Thread.onSpinWait();
    }
    type.kfree(block);
    kmalloc.type("plain").kfree(waiter.get());
  }

  @Test
  void timedAndAsynchronousRequestsAreGuardedToo() throws Exception {
    scheduler.on(-1);
    List<MemorySegment> blocks =
        List.of(
            type.kmalloc(100, Duration.ofSeconds(9)),
            type.kmallocInterruptibly(3 * PAGE, M_WAITOK),
            type.kmallocAsync(100).get(),
            type.kmallocAsync(3 * PAGE, M_WAITOK | MallocFlags.M_ZERO).get(),
            kmalloc.kmallocAligned(100, 256, type, M_WAITOK));
    assertThat(kmalloc.leaks().leaks()).hasSize(5);
    assertThat(kmalloc.leaks().toString())
        .contains("timedAndAsynchronousRequestsAreGuardedToo")
        .doesNotContain("GuardedCalls");
    assertThat(blocks.get(3).get(ValueLayout.JAVA_BYTE, 5000)).isZero();
    assertThat(blocks.get(4).address() % 256).isZero();
    for (MemorySegment block : blocks) {
      type.kfree(block);
      assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(type.statistics().bytes()).isZero();
  }
}
