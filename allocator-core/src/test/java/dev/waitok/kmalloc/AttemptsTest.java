package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.AttemptObserver.Outcome;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the attempts of a request are, in which order, and how they are counted. */
class AttemptsTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 128;

  private final FakeScheduler scheduler = new FakeScheduler(2);
  private final Kmalloc kmalloc =
      Kmalloc.builder()
          .arena((long) PAGES * PAGE)
          .pageSize(PAGE)
          .stripes(1)
          .giveBackAfter(Duration.ofHours(1))
          .build();
  private final TestHooks hooks = TestHooks.of(kmalloc);
  private final SchedulerPort.Lease lease = kmalloc.schedulerPort().attach(scheduler, 2);
  private final MallocType type = kmalloc.type("t");
  private final MallocType other = kmalloc.type("other");
  private final List<String> attempts = new ArrayList<>();
  private final List<Integer> taken = new ArrayList<>();

  @BeforeEach
  void open() {
    hooks.holdPageout();
    hooks.observe(
        (name, preempting, outcome) ->
            attempts.add(name + (preempting ? " preempting " : " ") + outcome));
  }

  @AfterEach
  void close() {
    scheduler.on(-1);
    giveAll();
    hooks.checkInvariants();
    lease.close();
    hooks.checkInvariants();
    kmalloc.close();
  }

  private void exhaust() {
    for (int page = hooks.takeFree(); page >= 0; page = hooks.takeFree()) {
      taken.add(page);
    }
  }

  private void giveAll() {
    taken.forEach(hooks::giveFree);
    taken.clear();
  }

  private static String line(String type, Outcome outcome) {
    return type + " " + outcome;
  }

  @Test
  void aWaitIsCountedOnceHoweverOftenItLooks() {
    scheduler.on(0);
    exhaust();
    int[] looks = {0};
    scheduler.onSleep(
        () -> {
          if (++looks[0] == 3) {
            giveAll();
          }
        });
    long block = type.kmallocAddress(1000);
    assertThat(looks[0]).isEqualTo(3);
    assertThat(type.statistics().waits()).isEqualTo(1);
    assertThat(type.statistics().switchAways()).isZero();
    assertThat(type.statistics().failures()).isZero();
    assertThat(attempts)
        .startsWith(line("t", Outcome.WAIT))
        .endsWith(line("t", Outcome.FREE))
        .doesNotContain(line("t", Outcome.NULL));
    type.kfree(block);
  }

  @Test
  void aRunsWaitIsCountedOnceToo() {
    scheduler.on(0);
    exhaust();
    scheduler.onSleep(
        () -> {
          giveAll();
        });
    long run = type.kmallocAddress(20L * PAGE);
    assertThat(type.statistics().waits()).isEqualTo(1);
    assertThat(type.statistics().switchAways()).isZero();
    assertThat(attempts).containsExactly(line("t", Outcome.WAIT), line("t", Outcome.FREE));
    type.kfree(run);
  }

  @Test
  void whoPreemptsSwitchesAwayFirstAndWaitsThen() {
    scheduler.on(0).preempting(true);
    exhaust();
    scheduler.onSleep(this::giveAll);
    type.kfree(type.kmallocAddress(1000));
    assertThat(attempts)
        .containsExactly("t preempting SWITCH", line("t", Outcome.WAIT), line("t", Outcome.FREE));
    assertThat(type.statistics().switchAways()).isEqualTo(1);
    assertThat(type.statistics().waits()).isEqualTo(1);
  }

  @Test
  void whoPreemptsWithARunDoesTheSame() {
    scheduler.on(0).preempting(true);
    exhaust();
    scheduler.onSwitch(
        () -> {
          giveAll();
        });
    type.kfree(type.kmallocAddress(20L * PAGE));
    assertThat(attempts).containsExactly("t preempting SWITCH", line("t", Outcome.FREE));
    assertThat(type.statistics().switchAways()).isEqualTo(1);
    assertThat(type.statistics().waits()).isZero();
  }

  @Test
  void aFailureIsCountedAndChargesNothing() {
    scheduler.on(0);
    exhaust();
    assertThat(type.tryKmallocAddress(1000)).isEqualTo(Kmalloc.NULL);
    assertThat(type.tryKmallocAddress(20L * PAGE)).isEqualTo(Kmalloc.NULL);
    scheduler.on(-1);
    assertThat(type.tryKmallocAddress(1000)).isEqualTo(Kmalloc.NULL);
    assertThat(attempts).containsOnly(line("t", Outcome.NULL)).hasSize(3);
    MallocType limited = kmalloc.type("limited", PAGE);
    assertThatThrownBy(() -> limited.kmallocAddress(20L * PAGE))
        .isInstanceOf(LimitReachedException.class);
    assertThat(type.statistics().failures()).isEqualTo(3);
    assertThat(type.statistics().requests()).isEqualTo(3);
    assertThat(type.statistics().bytes()).isZero();
    assertThat(type.statistics().inUse()).isZero();
    assertThat(limited.statistics().failures()).isEqualTo(1);
    assertThat(limited.statistics().bytes()).isZero();
  }

  @Test
  void whatCouldNeverBeIsRefusedEvenToOneWhoWaits() {
    scheduler.on(0);
    assertThatThrownBy(() -> type.kmallocAddress((PAGES + 1L) * PAGE))
        .isInstanceOf(RequestTooLargeException.class);
    assertThat(attempts).isEmpty();
    assertThat(type.statistics().bytes()).isZero();
  }

  @Test
  void aPreemptorMayHaveTheWholeArenaAndOthersMayNot() {
    int floor = kmalloc.thresholds().interrupt();
    assertThat(floor).isPositive();
    scheduler.on(0);
    assertThatThrownBy(() -> type.kmallocAddress((long) PAGES * PAGE))
        .isInstanceOf(RequestTooLargeException.class);
    scheduler.preempting(true);
    long all = type.kmallocAddress((long) PAGES * PAGE);
    type.kfree(all);
    scheduler.preempting(false);
  }

  @Test
  void aRunThatACpuKeptIsTakenAgainByItAndGivenUpForOthers() {
    scheduler.on(0);
    long run = type.kmallocAddress(5L * PAGE);
    type.kfree(run);
    assertThat(kmalloc.pageStatistics().idlePages()).isEqualTo(5);
    assertThat(type.kmallocAddress(5L * PAGE)).isEqualTo(run);
    type.kfree(run);
    exhaust();
    assertThat(other.tryKmallocAddress(1000)).as("of the kept run's pages").isEqualTo(run);
    assertThat(attempts.getLast()).isEqualTo(line("other", Outcome.FREE));
    other.kfree(run);
  }

  @Test
  void aRunsPagesComeFromIdleZonesOfTheCpuOrTheStripes() {
    for (int cpu = -1; cpu < 1; cpu++) {
      scheduler.on(cpu);
      other.kfree(other.kmallocAddress(3000));
      int idle = kmalloc.pageStatistics().idlePages();
      assertThat(idle).isPositive();
      exhaust();
      scheduler.on(0).preempting(true);
      long run = type.tryKmallocAddress((long) idle * PAGE);
      scheduler.preempting(false);
      assertThat(run).as("cpu %d", cpu).isNotEqualTo(Kmalloc.NULL);
      assertThat(kmalloc.pageStatistics().idlePages()).isZero();
      type.kfree(run);
      hooks.callIn();
      giveAll();
    }
  }

  @Test
  void aPlainThreadLooksAtItsStripeAndACpuAtItsOwnZones() {
    scheduler.on(-1);
    long ofStripe = other.kmallocAddress(1000);
    scheduler.on(0);
    long ofCpu = other.kmallocAddress(1000);
    attempts.clear();
    exhaust();
    long second = type.kmallocAddress(1000);
    assertThat(second / PAGE).isEqualTo(ofCpu / PAGE);
    scheduler.on(-1);
    long third = type.kmallocAddress(1000);
    assertThat(third / PAGE).isEqualTo(ofStripe / PAGE);
    assertThat(attempts).as("on the fast path nobody attempts").isEmpty();
    List.of(second, third).forEach(type::kfree);
    List.of(ofStripe, ofCpu).forEach(other::kfree);
  }

  @Test
  void blocksThatWereFreedElsewhereServeAnAttempt() {
    scheduler.on(0);
    List<Long> page = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      page.add(type.kmallocAddress(1000));
    }
    exhaust();
    scheduler.on(1);
    type.kfree(page.get(2));
    scheduler.on(0);
    attempts.clear();
    long zone = page.get(0) / PAGE;
    List<Long> more = new ArrayList<>();
    for (long b = type.tryKmallocAddress(1000); b != Kmalloc.NULL; ) {
      more.add(b);
      b = type.tryKmallocAddress(1000);
    }
    assertThat(more).contains(page.get(2));
    assertThat(zone).isEqualTo(page.get(2) / PAGE);
    assertThat(attempts).contains(line("t", Outcome.BLOCK)).endsWith(line("t", Outcome.NULL));
    more.forEach(type::kfree);
    page.remove(2);
    page.forEach(type::kfree);
  }

  @Test
  void aCallThatTheZonesServeEndsWithAPreemptionPoint() {
    scheduler.on(0);
    long first = type.kmallocAddress(1000);
    int before = scheduler.preemptionPoints();
    long second = type.kmallocAddress(1000);
    assertThat(scheduler.preemptionPoints()).isEqualTo(before + 1);
    type.kfree(first);
    type.kfree(second);
    assertThat(scheduler.preemptionPoints()).isEqualTo(before + 3);
  }

  @Test
  void whoMayNotBlockMayTryButNotWait() {
    scheduler.on(0);
    type.kfree(type.kmallocAddress(1000));
    scheduler.forbidBlocking("a reason");
    assertThatThrownBy(() -> type.kmallocAddress(1000))
        .isInstanceOf(CannotBlockException.class)
        .hasMessageContaining("a reason");
    assertThatThrownBy(() -> type.kmallocAddress(20L * PAGE))
        .isInstanceOf(CannotBlockException.class);
    long block = type.tryKmallocAddress(1000);
    assertThat(block).isNotEqualTo(Kmalloc.NULL);
    scheduler.forbidBlocking(null);
    type.kfree(block);
  }

  @Test
  void afterACloseEveryKindOfRequestIsRefused() {
    scheduler.on(0);
    type.kfree(type.kmallocAddress(1000));
    scheduler.on(-1);
    hooks.checkInvariants();
    kmalloc.close();
    for (int cpu = -1; cpu < 1; cpu++) {
      scheduler.on(cpu);
      assertThatThrownBy(() -> type.kmallocAddress(1000))
          .isInstanceOf(KmallocClosedException.class);
      assertThatThrownBy(() -> type.tryKmallocAddress(1000))
          .isInstanceOf(KmallocClosedException.class);
      assertThatThrownBy(() -> type.kmallocAddress(20L * PAGE))
          .isInstanceOf(KmallocClosedException.class);
    }
  }
}
