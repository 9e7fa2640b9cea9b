package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.CpuAttachment;
import dev.waitok.kmalloc.spi.ExecutionContext.OwnCpu;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.spi.Schedulers;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The shortest way from a call to a block, for the thread of a cpu that says which it is. */
class OwnCpuTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 256;
  private static final int READY_AFTER = 2;

  private static OwnCpu own;

  private final FakeScheduler scheduler = new FakeScheduler(2);
  private final Kmalloc kmalloc =
      Kmalloc.builder()
          .arena((long) PAGES * PAGE)
          .pageSize(PAGE)
          .stripes(1)
          .readyAfter(READY_AFTER)
          .build();
  private final TestHooks hooks = TestHooks.of(kmalloc);
  private SchedulerPort.Lease lease = kmalloc.schedulerPort().attach(scheduler, 2);
  private final MallocType type = kmalloc.type("t");
  private final MallocType other = kmalloc.type("other");
  private int preemptionPoints;
  private boolean mayBlock = true;

  @BeforeAll
  static void beAskedForTheCpu() throws ReflectiveOperationException {
    Schedulers.provideOwnCpu(
        MethodHandles.lookup()
            .findStatic(OwnCpuTest.class, "own", MethodType.methodType(OwnCpu.class)));
  }

  private static OwnCpu own() {
    return own;
  }

  @BeforeEach
  void open() {
    hooks.holdPageout();
    scheduler.keepAttachments();
  }

  @AfterEach
  void close() {
    own = null;
    scheduler.on(-1);
    hooks.checkInvariants();
    lease.close();
    hooks.checkInvariants();
    kmalloc.close();
  }

  /** The calls of this thread come from a cpu from now on; each test may be a thread of its own. */
  private void runOn(int cpu) {
    own = null;
    scheduler.on(cpu);
    type.kfree(type.kmallocAddress(3000));
    CpuAttachment zones = scheduler.caller().attachment();
    assertThat(zones).isNotNull();
    own =
        new OwnCpu() {
          @Override
          public CpuAttachment attachment() {
            return zones;
          }

          @Override
          public boolean mayBlock() {
            return mayBlock;
          }

          @Override
          public void preemptionPoint() {
            preemptionPoints++;
          }
        };
  }

  @Test
  void aCallThatTakesFromTheZonesEndsWithOnePreemptionPoint() {
    runOn(0);
    long first = type.kmallocAddress(100);
    assertThat(preemptionPoints).as("a new zone is the longer way").isZero();
    long second = type.kmallocAddress(100);
    assertThat(preemptionPoints).isEqualTo(1);
    assertThat(second).isNotEqualTo(first);
    type.kfree(second);
    assertThat(preemptionPoints).isEqualTo(2);
    assertThat(type.statistics().inUse()).isEqualTo(1);
    type.kfree(first);
    assertThat(preemptionPoints).isEqualTo(3);
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void whoMayNotBlockIsServedTheLongerWayAndFreesAsEver() {
    runOn(0);
    long first = type.kmallocAddress(100);
    long second = type.kmallocAddress(100);
    preemptionPoints = 0;
    mayBlock = false;
    type.kfree(first);
    assertThat(preemptionPoints).isEqualTo(1);
    long third = type.kmallocAddress(100);
    assertThat(preemptionPoints).isEqualTo(1);
    mayBlock = true;
    long fourth = type.kmallocAddress(100);
    assertThat(preemptionPoints).isEqualTo(2);
    List.of(second, third, fourth).forEach(type::kfree);
    assertThat(preemptionPoints).isEqualTo(5);
  }

  @Test
  void theCpuOfAnotherAllocatorIsNotTakenForOnesOwn() {
    FakeScheduler elsewhere = new FakeScheduler(1);
    try (Kmalloc another =
            Kmalloc.builder().arena((long) PAGES * PAGE).pageSize(PAGE).stripes(1).build();
        SchedulerPort.Lease _ = another.schedulerPort().attach(elsewhere, 1)) {
      MallocType foreign = another.type("t");
      elsewhere.on(0);
      runOn(0);
      long mine = type.kmallocAddress(100); // where it is, there are more
      preemptionPoints = 0;
      long block = foreign.kmallocAddress(100);
      foreign.kfree(foreign.kmallocAddress(100));
      foreign.kfree(block);
      assertThat(preemptionPoints).isZero();
      assertThat(foreign.statistics().inUse()).isZero();
      assertThat(type.statistics().inUse()).isEqualTo(1);
      type.kfree(mine);
      own = null;
      elsewhere.on(-1);
    }
  }

  /** As a carrier would whose scheduler is gone, if it could still run. */
  @Test
  void whatWasLeftBeforeASecondSchedulerCameFindsNoAccount() {
    runOn(0);
    long block = type.kmallocAddress(100);
    OwnCpu before = own;
    own = null;
    lease.close();
    FakeScheduler next = new FakeScheduler(2);
    next.keepAttachments();
    lease = kmalloc.schedulerPort().attach(next, 2);
    next.on(0);
    own = before;
    preemptionPoints = 0;
    type.kfree(block);
    assertThat(preemptionPoints).isZero();
    for (int i = 0; i < 2 * READY_AFTER + 8; i++) {
      type.kfree(type.kmallocAddress(100)); // some of them of a ready block, if it were found
    }
    assertThat(preemptionPoints).isZero();
    assertThat(type.statistics().inUse()).isZero();
    own = null;
    next.on(-1);
  }

  @Test
  void theFirstBlockOfItsArenaIsFreedAndTakenThatWayToo() {
    runOn(0);
    List<Long> all = new ArrayList<>();
    for (long b = other.kmallocAddress(2048);
        b != Kmalloc.NULL;
        b = other.tryKmallocAddress(2048)) {
      all.add(b);
    }
    assertThat(all).contains(0L);
    preemptionPoints = 0;
    other.kfree(0L);
    assertThat(preemptionPoints).isEqualTo(1);
    assertThat(other.kmallocAddress(2048)).isZero();
    assertThat(preemptionPoints).isEqualTo(2);
  }

  @Test
  void badFreesAreRefusedAndNothingIsLost() {
    runOn(0);
    long block = type.kmallocAddress(100);
    long run = type.kmallocAddress(20L * PAGE);
    long inUse = type.statistics().inUse();
    List<Long> bad =
        List.of(-1L, -PAGE * 5L, block + 8, run + PAGE, (long) PAGES * PAGE, Long.MAX_VALUE);
    for (long address : bad) {
      assertThatThrownBy(() -> type.kfree(address)).isInstanceOf(InvalidFreeException.class);
    }
    assertThatThrownBy(() -> other.kfree(block)).isInstanceOf(InvalidFreeException.class);
    type.kfree(block);
    assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
    type.kfree(run);
    assertThatThrownBy(() -> type.kfree(run)).isInstanceOf(InvalidFreeException.class);
    assertThat(type.statistics().inUse()).isEqualTo(inUse - 2);
  }

  @Test
  void aBlockOfAnotherCpuIsFreedFromElsewhere() {
    runOn(0);
    long block = type.kmallocAddress(100);
    runOn(1);
    preemptionPoints = 0;
    type.kfree(block);
    assertThat(preemptionPoints).as("not its own").isZero();
    assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void zonesThatItEmptiesAreReleasedAboveTheIdleShare() {
    runOn(0);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      blocks.add(other.kmallocAddress(2048));
    }
    int share = PAGES / 8 / 3;
    blocks.forEach(other::kfree);
    assertThat(kmalloc.pageStatistics().idlePages()).isBetween(share - 4, share);
    assertThat(kmalloc.pages().free()).isGreaterThanOrEqualTo(PAGES - share);
  }

  @Test
  void afterSomeFreesTheBlockFreedLastIsReady() {
    runOn(0);
    long keep = other.kmallocAddress(100);
    for (int i = 0; i < 2 * READY_AFTER + 1; i++) {
      other.kfree(other.kmallocAddress(100));
    }
    long next = other.kmallocAddress(100);
    long last = other.kmallocAddress(100);
    other.kfree(next);
    other.kfree(last); // to its zone: one is ready
    assertThat(type.kmallocAddress(100)).as("not of another type").isNotEqualTo(next);
    assertThat(other.kmallocAddress(100)).isEqualTo(next);
    assertThat(other.statistics().inUse()).isEqualTo(2);
    other.kfree(keep);
  }

  @Test
  void aFreeServesWhoWaitsOnTheCpu() {
    runOn(0);
    List<Long> all = new ArrayList<>();
    for (long b = type.kmallocAddress(2048); b != Kmalloc.NULL; b = type.tryKmallocAddress(2048)) {
      all.add(b);
    }
    while (hooks.takeFree() >= 0) {}
    long freed = all.getLast();
    scheduler.onSleep(() -> type.kfree(freed));
    assertThat(type.kmallocAddress(2048)).isEqualTo(freed);
    assertThat(type.statistics().waits()).isEqualTo(1);
  }

  @Test
  void aClosedAllocatorRefuses() {
    runOn(0);
    long block = type.kmallocAddress(100);
    type.kfree(block);
    scheduler.on(-1);
    kmalloc.close();
    scheduler.on(0);
    assertThatThrownBy(() -> type.kmallocAddress(100)).isInstanceOf(KmallocClosedException.class);
  }
}
