package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens: held while running, dropped while off the cpu, kept while preempted. */
abstract class TokenContract {
  private LwktFixture fixture;
  private final Token token = new Token("token");
  private final Token other = new Token("other");

  abstract Dispatch dispatch();

  @BeforeEach
  void start() {
    fixture = new LwktFixture(dispatch(), 2);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void areReleasedInReverseOrderOnly() throws Exception {
    fixture.run(
        () -> {
          token.acquire();
          other.acquire();
          assertThatThrownBy(token::release)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("main releases token token out of order: it took other last");
          other.release();
          token.release();
          assertThatThrownBy(token::release)
              .hasMessage("main releases token token out of order: it took none last");
        });
  }

  @Test
  void canBeTakenAgainByTheirHolder() throws Exception {
    fixture.run(
        () -> {
          try (var _ = token.acquire()) {
            try (var _ = token.acquire()) {
              assertThat(token.isHeld()).isTrue();
            }
            assertThat(token.isHeld()).isTrue();
          }
          assertThat(token.isHeld()).isFalse();
        });
  }

  @Test
  void thirtyTwoAreEnough() throws Exception {
    fixture.run(
        () -> {
          for (int n = 0; n < 32; n++) {
            token.acquire();
          }
          assertThatThrownBy(other::acquire)
              .hasMessage("main holds 32 tokens already and cannot take other");
          assertThatThrownBy(other::tryAcquire).isInstanceOf(IllegalStateException.class);
          for (int n = 0; n < 32; n++) {
            token.release();
          }
        });
  }

  @Test
  void aSwitchGivesThemUpAndTheyAreBackBeforeTheThreadRunsOn() throws Exception {
    Running second =
        fixture.blocked(
            "second",
            Priority.USER_NORM,
            0,
            () -> {
              fixture.log("second may have it: " + token.tryAcquire());
              token.release();
            });
    fixture.run(
        () -> {
          token.acquire();
          second.thread().schedule();
          Lwkt.switchAway();
          assertThat(token.isHeld()).isTrue();
          token.release();
        });
    second.await();
    assertThat(fixture.log).containsExactly("second may have it: true");
  }

  @Test
  void beingPreemptedGivesNothingUpAndAPreemptorThatWantsOneSwitchesAway() throws Exception {
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  fixture.log("i tries: " + token.tryAcquire());
                  try (var _ = token.acquire()) {
                    fixture.log("i has it, preempting: " + Lwkt.preempting());
                  }
                });
    fixture.run(
        () -> {
          try (var _ = token.acquire()) {
            i.raise();
            fixture.log("victim");
            assertThat(token.isHeld()).isTrue();
            Lwkt.poll();
            fixture.log("poll does not give way with a token");
          }
          Lwkt.poll();
        });
    assertThat(fixture.log)
        .containsExactly(
            "i tries: false",
            "victim",
            "poll does not give way with a token",
            "i has it, preempting: false");
  }

  @Test
  void aPreemptorSwitchesAwayFirstEvenForAFreeToken() throws Exception {
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  try (var _ = token.acquire()) {
                    fixture.log("i " + Lwkt.preempting());
                  }
                });
    fixture.run(
        () -> {
          i.raise();
          fixture.log("victim");
          Lwkt.poll();
        });
    assertThat(fixture.log).containsExactly("victim", "i false");
  }

  @Test
  void areExclusiveAmongCpus() throws Exception {
    int[] counter = new int[1];
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      all.add(
          fixture.start(
              "t" + n,
              Priority.KERN_DAEMON,
              n % 2,
              () -> {
                for (int k = 0; k < 5_000; k++) {
                  try (var _ = token.acquire()) {
                    int seen = counter[0];
                    if (k % 64 == 0) {
                      LwktFixture.checkInvariants();
                    }
                    counter[0] = seen + 1;
                  }
                  if (k % 100 == 0) {
                    Lwkt.yield();
                  }
                }
              }));
    }
    for (Running running : all) {
      running.await();
    }
    assertThat(counter[0]).isEqualTo(40_000);
  }

  @Test
  void takenInOppositeOrdersTheyDoNotDeadlock() throws Exception {
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      Token first = n % 2 == 0 ? token : other;
      Token second = n % 2 == 0 ? other : token;
      all.add(
          fixture.start(
              "t" + n,
              Priority.KERN_DAEMON,
              n / 2,
              () -> {
                for (int k = 0; k < 5_000; k++) {
                  try (var _ = first.acquire();
                      var _ = second.acquire()) {
                    assertThat(first.isHeld()).isTrue();
                    assertThat(second.isHeld()).isTrue();
                  }
                }
              }));
    }
    for (Running running : all) {
      running.await();
    }
  }

  @Test
  @RealThreads
  void aCpuThatSleepsForATokenIsToldWhenItComesFree() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch wanted = new CountDownLatch(1);
    Running holder =
        fixture.start(
            "holder",
            Priority.KERN_DAEMON,
            0,
            () -> {
              try (var _ = token.acquire()) {
                taken.countDown();
                LwktFixture.until(() -> wanted.getCount() == 0);
              }
            });
    taken.await();
    Running waiter =
        fixture.start(
            "waiter",
            Priority.KERN_DAEMON,
            1,
            () -> {
              token.acquire();
              token.release();
            });
    // It is READY before its first run, too: what it waits for tells the two apart.
    LwktFixture.until(() -> waiter.thread().toString().contains("READY, waits for token"));
    wanted.countDown();
    waiter.await();
    holder.await();
  }

  @Test
  void sleepingGivesThemUp() throws Exception {
    Object ident = new Object();
    Running sleeper =
        fixture.start(
            "sleeper",
            Priority.KERN_DAEMON,
            0,
            () -> {
              try (var _ = token.acquire()) {
                Lwkt.tsleep(ident, "test");
                assertThat(token.isHeld()).isTrue();
              }
            });
    LwktFixture.awaitState(sleeper.thread(), dev.waitok.lwkt.sched.Tcb.State.BLOCKED);
    fixture.run(
        1,
        () -> {
          assertThat(token.tryAcquire()).isTrue();
          Lwkt.wakeup(ident);
          token.release();
        });
    sleeper.await();
  }

  @Test
  void whoEndsWithOneLosesItAndIsReported() throws Exception {
    Interrupt i = fixture.cpu(0).interrupt("sloppy", Priority.INT_MED, token::acquire);
    i.raise();
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.UNBALANCED);
    fixture.start("sloppy too", Priority.KERN_DAEMON, 0, other::acquire).await();
    fixture.run(
        1,
        () -> {
          token.acquire();
          other.acquire();
          other.release();
          token.release();
        });
    i.raise(); // and works as before
    LwktFixture.until(() -> fixture.events.size() == 3);
    fixture.run(1, () -> assertThat(token.isHeld()).isFalse());
  }
}
