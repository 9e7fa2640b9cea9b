package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.Sleeping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** tsleep and wakeup. */
abstract class SleepContract {
  private LwktFixture fixture;
  private final Object ident = new Object();

  abstract Dispatch dispatch();

  @BeforeEach
  void start() {
    fixture = new LwktFixture(dispatch(), 2);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Running sleeper(String name, int cpu) {
    Running running =
        fixture.start(
            name, Priority.KERN_DAEMON, cpu, () -> fixture.log(name + Lwkt.tsleep(ident, "test")));
    LwktFixture.awaitState(running.thread(), Tcb.State.BLOCKED);
    return running;
  }

  @Test
  void aWakeupReachesAllSleepersOfAllCpus() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      all.add(sleeper("s", n % 2));
    }
    assertThat(all.getFirst().thread().toString()).contains("waits for test");
    Lwkt.wakeup(ident);
    for (Running running : all) {
      running.await();
    }
    assertThat(fixture.log).hasSize(6).containsOnly("sWOKEN");
  }

  @Test
  void sleepersOfACpuWakeInTheOrderInWhichTheyCame() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      all.add(sleeper("s" + n, 0));
    }
    Lwkt.wakeup(ident);
    for (Running running : all) {
      running.await();
    }
    assertThat(fixture.log).containsExactly("s0WOKEN", "s1WOKEN", "s2WOKEN", "s3WOKEN", "s4WOKEN");
  }

  @Test
  void wakeupOneWakesExactlyOne() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      all.add(sleeper("s", n % 2));
    }
    for (int n = 1; n <= 6; n++) {
      int count = n;
      Lwkt.wakeupOne(ident);
      LwktFixture.until(() -> fixture.log.size() == count);
      // A second sleeper, woken by mistake, would be on its way: let both cpus come to rest.
      for (Cpu cpu : fixture.lwkt.cpus()) {
        AtomicBoolean rested = new AtomicBoolean();
        cpu.send(() -> rested.set(true));
        LwktFixture.until(rested::get);
      }
      assertThat(fixture.log).hasSize(count);
    }
    for (Running running : all) {
      running.await();
    }
  }

  @Test
  void aWakeupOneThatComesTooLateForOneCpuIsPassedOnToTheNext() throws Exception {
    Running first = sleeper("first", 0);
    Running second = sleeper("second", 1);
    AtomicBoolean busy = new AtomicBoolean();
    AtomicBoolean sent = new AtomicBoolean();
    Running blocker =
        fixture.start(
            "blocker",
            Priority.KERN_DAEMON,
            0,
            () -> {
              busy.set(true);
              LwktFixture.until(sent::get); // reaches no preemption point
            });
    LwktFixture.until(busy::get);
    Lwkt.wakeupOne(ident);
    Lwkt.wakeupOne(ident); // cpu 0 still says that somebody sleeps there
    sent.set(true);
    blocker.await();
    first.await();
    second.await();
  }

  @Test
  void aThreadThatAnnouncedASleepAndRunsOnUsesUpNobodysWakeupOne() throws Exception {
    AtomicBoolean announced = new AtomicBoolean();
    AtomicBoolean woken = new AtomicBoolean();
    Running runsOn =
        fixture.start(
            "runs on",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Lwkt.tsleepInterlock(ident);
              announced.set(true);
              LwktFixture.pollUntil(woken::get);
            });
    LwktFixture.until(announced::get);
    Running sleeper = sleeper("s", 1);
    Lwkt.wakeupOne(ident);
    sleeper.await();
    woken.set(true);
    runsOn.await();
  }

  @Test
  void aThreadThatAnnouncedASleepAndEndedUsesUpNobodysWakeup() throws Exception {
    for (int n = 0; n < 100; n++) {
      fixture.run(() -> Lwkt.tsleepInterlock(ident));
    }
    Running sleeper = sleeper("s", 0);
    Lwkt.wakeupOne(ident);
    sleeper.await();
    fixture.run(() -> assertThat(Sleeping.sleepers(Lwkt.self("test").cpu(), ident)).isZero());
  }

  @Test
  void aWakeupOnSomethingElseWakesNobody() throws Exception {
    Running sleeper = sleeper("s", 0);
    for (int n = 0; n < 2000; n++) {
      Lwkt.wakeup(new Object()); // some share the bucket
    }
    fixture.run(() -> Lwkt.wakeup(new Object()));
    assertThat(fixture.log).isEmpty();
    Lwkt.wakeup(ident);
    sleeper.await();
  }

  @Test
  @RealThreads
  void theTimeLimitEndsASleep() throws Exception {
    fixture.run(
        () -> {
          long start = System.nanoTime();
          assertThat(Lwkt.tsleep(ident, "x", Duration.ofMillis(20)))
              .isEqualTo(SleepResult.TIMED_OUT);
          assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
          assertThat(Lwkt.tsleep(ident, "x", Duration.ZERO)).isEqualTo(SleepResult.TIMED_OUT);
        });
  }

  @Test
  void aTimeLimitEndsASleepOnABusyCpuAtAPreemptionPoint() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    fixture.start(
        "sleeper",
        Priority.SOFT_TIMER,
        0,
        () -> {
          Lwkt.tsleep(ident, "x", Duration.ofMillis(20));
          over.set(true);
        });
    fixture.run(() -> LwktFixture.pollUntil(over::get));
  }

  @Test
  @RealThreads
  void manyTimeLimitsAreAllKept() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      int ticks = n * 17 % 40;
      all.add(
          fixture.start(
              "t" + n,
              Priority.KERN_DAEMON,
              n % 2,
              () -> {
                long start = System.nanoTime();
                assertThat(Lwkt.tsleep(start, "x", Duration.ofMillis(ticks)))
                    .isEqualTo(SleepResult.TIMED_OUT);
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ticks * 1_000_000L);
              }));
    }
    for (Running running : all) {
      running.await();
    }
  }

  @Test
  void aWakeupAfterTheInterlockEndsTheSleepAtOnce() throws Exception {
    fixture.run(
        () -> {
          Lwkt.tsleepInterlock(ident);
          Lwkt.wakeup(ident);
          assertThat(Lwkt.tsleepInterlocked(ident, "x", LwktFixture.DEADLINE))
              .isEqualTo(SleepResult.WOKEN);
        });
  }

  @Test
  void aWakeupBeforeTheInterlockIsForgotten() throws Exception {
    fixture.run(
        () -> {
          Lwkt.wakeup(ident);
          Lwkt.tsleepInterlock(ident);
          assertThat(Lwkt.tsleepInterlocked(ident, "x", Duration.ofMillis(5)))
              .isEqualTo(SleepResult.TIMED_OUT);
        });
  }

  @Test
  void noWakeupIsLostBetweenInterlockAndSleep() throws Exception {
    int rounds = dispatch() == Dispatch.DIRECT ? 20_000 : 3_000;
    AtomicInteger turn = new AtomicInteger();
    // Two cpus and a platform thread pass a turn around; each sleeps until it is its own.
    List<Running> all = new ArrayList<>();
    for (int player = 0; player < 2; player++) {
      int me = player;
      all.add(
          fixture.start(
              "player" + player,
              Priority.KERN_DAEMON,
              player,
              () -> {
                for (int round = 0; round < rounds; round++) {
                  int mine = 2 * round + me;
                  while (turn.get() != mine) {
                    Lwkt.tsleepInterlock(turn);
                    if (turn.get() != mine) {
                      assertThat(Lwkt.tsleepInterlocked(turn, "turn", LwktFixture.DEADLINE))
                          .isEqualTo(SleepResult.WOKEN);
                    }
                  }
                  turn.incrementAndGet();
                  Lwkt.wakeup(turn);
                }
              }));
    }
    for (Running running : all) {
      running.await();
    }
    assertThat(turn.get()).isEqualTo(2 * rounds);
  }

  @Test
  void anInterruptEndsASleepAndKeepsTheStatus() throws Exception {
    Running sleeper =
        fixture.start(
            "sleeper",
            Priority.KERN_DAEMON,
            0,
            () -> {
              assertThat(Lwkt.tsleep(ident, "x")).isEqualTo(SleepResult.INTERRUPTED);
              assertThat(Thread.interrupted()).isTrue();
            });
    LwktFixture.awaitState(sleeper.thread(), Tcb.State.BLOCKED);
    sleeper.thread().interrupt();
    sleeper.await();
  }

  @Test
  void anInterruptBeforeTheSleepEndsIt() throws Exception {
    fixture.run(
        () -> {
          LwktThread self = Lwkt.current();
          assertThat(self).isNotNull();
          self.interrupt();
          assertThat(Lwkt.tsleep(ident, "x")).isEqualTo(SleepResult.INTERRUPTED);
          assertThat(Thread.interrupted()).isTrue();
        });
  }

  @Test
  void schedulingASleeperWakesIt() throws Exception {
    Running sleeper = sleeper("s", 0);
    sleeper.thread().schedule();
    sleeper.await();
    assertThat(fixture.log).containsExactly("sWOKEN");
  }

  @Test
  void joinWaitsForTheEndAndSeesWhatTheThreadDid() throws Exception {
    int[] plain = new int[1];
    Running worker = fixture.blocked("worker", Priority.KERN_DAEMON, 0, () -> plain[0] = 42);
    Running joiner =
        fixture.start(
            "joiner",
            Priority.KERN_DAEMON,
            1,
            () -> {
              worker.thread().join();
              assertThat(plain[0]).isEqualTo(42);
            });
    LwktFixture.awaitState(joiner.thread(), Tcb.State.BLOCKED);
    assertThat(worker.thread().isAlive()).isTrue();
    worker.thread().schedule();
    joiner.await();
    worker.thread().join();
    assertThat(worker.thread().isAlive()).isFalse();
  }

  @Test
  void joinHasATimeLimit() throws Exception {
    Running worker = fixture.blocked("worker", Priority.KERN_DAEMON, 0, () -> {});
    fixture.run(() -> assertThat(worker.thread().join(Duration.ofMillis(1))).isFalse());
    assertThat(worker.thread().join(Duration.ofMillis(1))).isFalse();
    worker.thread().schedule();
    worker.await();
  }

  @Test
  void joinIsInterruptible() throws Exception {
    Running worker = fixture.blocked("worker", Priority.KERN_DAEMON, 0, () -> {});
    Running joiner =
        fixture.start(
            "joiner",
            Priority.KERN_DAEMON,
            0,
            () ->
                assertThatThrownBy(worker.thread()::join)
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("interrupted while waiting for the end of worker"));
    LwktFixture.awaitState(joiner.thread(), Tcb.State.BLOCKED);
    joiner.thread().interrupt();
    joiner.await();
    worker.thread().schedule();
    worker.await();
  }
}
