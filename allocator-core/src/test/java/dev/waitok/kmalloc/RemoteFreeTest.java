package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.slab.FreeUnderWay;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frees by others than the owner, owners that come and go, and idle zones. */
class RemoteFreeTest {
  private FakeScheduler scheduler;
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private MallocType type;
  private SchedulerPort.Lease lease;

  @BeforeEach
  void open() {
    scheduler = new FakeScheduler(2);
    kmalloc = Kmalloc.builder().arena(64 * 4096).pageSize(4096).stripes(2).readyAfter(0).build();
    hooks = TestHooks.of(kmalloc);
    lease = kmalloc.schedulerPort().attach(scheduler, 2);
    type = kmalloc.type("t");
  }

  @AfterEach
  void close() {
    scheduler.on(-1);
    hooks.checkInvariants();
    kmalloc.close();
  }

  @Test
  void aBlockFreedElsewhereComesBackToItsOwner() {
    scheduler.on(0);
    long block = type.kmallocAddress(2048);
    long keep = type.kmallocAddress(2048);
    scheduler.on(1);
    type.kfree(block);
    assertThat(type.statistics().inUse()).isEqualTo(1);
    scheduler.on(0);
    assertThat(type.kmallocAddress(2048)).isEqualTo(block);
    type.kfree(keep);
  }

  @Test
  void aSecondFreeIsNamedWhoeverFreedFirst() {
    for (int first = -1; first < 2; first++) {
      for (int second = -1; second < 2; second++) {
        scheduler.on(0);
        long block = type.kmallocAddress(100);
        long keep = type.kmallocAddress(100);
        scheduler.on(first);
        type.kfree(block);
        scheduler.on(second);
        assertThatThrownBy(() -> type.kfree(block))
            .isInstanceOf(InvalidFreeException.class)
            .hasMessageContaining("double free");
        scheduler.on(1);
        type.kfree(keep);
      }
    }
    assertThat(type.statistics().inUse()).isZero();
    assertThat(kmalloc.pageStatistics().lateDoubleFrees()).isZero();
  }

  @Test
  void callingInReleasesWhatWasFreedElsewhere() {
    scheduler.on(0);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      blocks.add(type.kmallocAddress(1024));
    }
    int free = kmalloc.pages().free();
    scheduler.on(-1);
    blocks.forEach(type::kfree);
    assertThat(kmalloc.pages().free()).isEqualTo(free);
    hooks.callIn();
    scheduler.on(0);
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void aDetachedSchedulersZonesGoToTheStripes() {
    scheduler.on(0);
    long a = type.kmallocAddress(500);
    long b = type.kmallocAddress(500);
    scheduler.on(1);
    type.kfree(a);
    scheduler.on(-1);
    lease.close();
    lease.close();
    type.kfree(b);
    hooks.callIn();
    assertThat(kmalloc.pages().free()).isEqualTo(64);
    assertThat(type.statistics().inUse()).isZero();
    assertThat(type.statistics().bytes()).isZero();
    SchedulerPort.Lease second = kmalloc.schedulerPort().attach(scheduler, 1);
    scheduler.on(0);
    type.kfree(type.kmallocAddress(500));
    scheduler.on(-1);
    second.close();
  }

  @Test
  void thereIsOneSchedulerAtATime() {
    assertThatThrownBy(() -> kmalloc.schedulerPort().attach(new FakeScheduler(1), 1))
        .isInstanceOf(IllegalStateException.class);
    lease.close();
    assertThatThrownBy(() -> kmalloc.schedulerPort().attach(scheduler, 0))
        .hasMessageContaining("cpus=0");
  }

  @Test
  void idleZonesHaveAnEighthOfTheArenaAtMost() {
    List<Long> blocks = new ArrayList<>();
    for (int owner = -1; owner < 2; owner++) {
      scheduler.on(owner);
      for (long size = 16; size <= 4096; size = size * 3 / 2) {
        long block = type.tryKmallocAddress(size);
        if (block >= 0) {
          blocks.add(block);
        }
      }
      blocks.forEach(type::kfree);
      blocks.clear();
    }
    assertThat(kmalloc.pageStatistics().idlePages()).isBetween(1, 8);
    assertThat(kmalloc.pages().wired()).isEqualTo(kmalloc.pageStatistics().idlePages());
  }

  @Test
  void ownIdleZonesServeARequestBeforeItFails() {
    scheduler.on(0);
    type.kfree(type.kmallocAddress(4096));
    assertThat(kmalloc.pageStatistics().idlePages()).isEqualTo(1);
    while (kmalloc.pages().free() > 0) {
      hooks.takeFree();
    }
    scheduler.preempting(true);
    assertThat(type.tryKmallocAddress(16)).isNotNegative();
  }

  @Test
  void aForeignThreadsFreeOfARunChangesNothing() {
    lease.close();
    boolean[] foreign = {false};
    ExecutionContext refusing =
        new FakeScheduler(1) {
          @Override
          public Caller caller() {
            if (foreign[0]) {
              throw new IllegalStateException("a thread of another scheduler");
            }
            return null;
          }
        };
    lease = kmalloc.schedulerPort().attach(refusing, 1);
    long run = type.kmallocAddress(5 * 4096);
    foreign[0] = true;
    assertThatThrownBy(() -> type.kfree(run)).isInstanceOf(IllegalStateException.class);
    foreign[0] = false;
    type.kfree(run);
    assertThat(kmalloc.pages().free()).isEqualTo(64);
    lease.close();
  }

  @Test
  void noWaitFindsTheBlocksOfAZoneThatWasEmptiedFromElsewhere() {
    hooks.holdPageout();
    scheduler.on(0);
    long block = type.kmallocAddress(12 << 10);
    while (kmalloc.pages().free() > 0) {
      hooks.takeFree();
    }
    scheduler.on(-1);
    type.kfree(block);
    scheduler.on(0);
    assertThat(type.tryKmallocAddress(12 << 10)).isEqualTo(block);
  }

  @Test
  void aHandOverWakesPlainWaiters() throws InterruptedException {
    hooks.holdPageout();
    hooks.recheckEvery(Long.MAX_VALUE);
    scheduler.on(0);
    long keep = type.kmallocAddress(64);
    scheduler.on(-1);
    while (kmalloc.pages().free() > 0) {
      hooks.takeFree();
    }
    Thread waiter = Thread.ofPlatform().start(() -> type.kfree(type.kmallocAddress(64)));
    while (kmalloc.pageStatistics().waiting() == 0) {
      Thread.onSpinWait();
    }
    scheduler.runMessages();
    lease.close();
    waiter.join();
    type.kfree(keep);
  }

  @Test
  void aSecondFreeThatRacesIsFoundLateAndItsCreditTakenBack() throws InterruptedException {
    MallocType limited = kmalloc.type("limited", 100_000);
    AtomicInteger round = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicLong block = new AtomicLong();
    int rounds = 2000;
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 1; i <= rounds; i++) {
                    while (round.get() < i) {
                      Thread.yield();
                    }
                    freeIfLive(limited, block.get());
                    done.set(i);
                  }
                });
    for (int i = 1; i <= rounds; i++) {
      scheduler.on(0);
      block.set(limited.kmallocAddress(64));
      round.set(i);
      freeIfLive(limited, block.get());
      while (done.get() < i) {
        Thread.yield();
      }
    }
    other.join();
    hooks.callIn();
    scheduler.runMessages();
    assertThat(limited.statistics().inUse()).isZero();
    assertThat(limited.statistics().bytes()).isZero();
  }

  private static void freeIfLive(MallocType type, long block) {
    try {
      type.kfree(block);
    } catch (InvalidFreeException second) {
      assertThat(second).hasMessageContaining("offset=" + block);
    }
  }

  @Test
  void idleZonesFitTheirShareWhenOwnersAreAdded() {
    lease.close();
    scheduler.on(-1);
    for (long size = 16; size <= 8192; size = size * 5 / 4) {
      type.kfree(type.kmallocAddress(size));
    }
    scheduler = new FakeScheduler(6);
    lease = kmalloc.schedulerPort().attach(scheduler, 6);
    for (int cpu = 0; cpu < 6; cpu++) {
      scheduler.on(cpu);
      for (long size = 16; size <= 8192; size = size * 5 / 4) {
        type.kfree(type.kmallocAddress(size));
      }
    }
    assertThat(kmalloc.pageStatistics().idlePages()).isLessThanOrEqualTo(8);
  }

  @Test
  void aSecondFreeIsNamedThoughWhoSignalledTheZoneHasNotToldItsOwnerYet() {
    scheduler.on(0);
    for (int i = 0; i < 3; i++) {
      type.kfree(type.kmallocAddress(100)); // one may be ready from now on
    }
    long first = type.kmallocAddress(100);
    long block = type.kmallocAddress(100);
    FreeUnderWay slow = new FreeUnderWay(kmalloc.owners(), type.ledger(), first).mark();
    scheduler.on(1);
    type.kfree(block);
    scheduler.on(0);
    assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
    slow.tell();
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void aSecondFreeOfTheBlockHandedOutLastIsNamedThoughItsOwnerHasNotBeenTold() {
    scheduler.on(0);
    for (int i = 0; i < 3; i++) {
      type.kfree(type.kmallocAddress(100));
    }
    long first = type.kmallocAddress(100);
    long block = type.kmallocAddress(100);
    type.kfree(block);
    assertThat(type.kmallocAddress(100)).as("was ready, and is on loan").isEqualTo(block);
    FreeUnderWay slow = new FreeUnderWay(kmalloc.owners(), type.ledger(), first).mark();
    scheduler.on(1);
    type.kfree(block);
    scheduler.on(0);
    assertThatThrownBy(() -> type.kfree(block)).isInstanceOf(InvalidFreeException.class);
    slow.tell();
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void aSecondFreeThatRacesWithAHandOverFreesNoBlockThatIsReady() {
    scheduler.on(0);
    type.kmallocAddress(100);
    long warm = type.kmallocAddress(100);
    long open = type.kmallocAddress(100);
    long block = type.kmallocAddress(100);
    FreeUnderWay second = new FreeUnderWay(kmalloc.owners(), type.ledger(), block);
    scheduler.on(-1);
    lease.close();
    type.kfree(warm);
    type.kfree(open);
    type.kfree(block); // ready now
    second.mark().tell();
    hooks.checkInvariants();
    assertThat(kmalloc.pageStatistics().lateDoubleFrees()).isEqualTo(1);
    assertThat(type.statistics().inUse()).isEqualTo(1);
  }
}
