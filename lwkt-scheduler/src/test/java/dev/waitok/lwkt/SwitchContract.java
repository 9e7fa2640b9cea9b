package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who runs next. */
abstract class SwitchContract {
  private LwktFixture fixture;

  abstract Dispatch dispatch();

  @BeforeEach
  void start() {
    fixture = new LwktFixture(dispatch(), 1);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void equalsRunInTheOrderInWhichTheyWereScheduled() throws Exception {
    Running a = fixture.logger("a", Priority.KERN_DAEMON);
    Running b = fixture.logger("b", Priority.KERN_DAEMON);
    Running c = fixture.logger("c", Priority.KERN_DAEMON);
    fixture.run(
        () -> {
          c.thread().schedule();
          a.thread().schedule();
          b.thread().schedule();
          LwktFixture.checkInvariants();
          Lwkt.yield();
        });
    a.await();
    b.await();
    assertThat(fixture.log).containsExactly("c", "a", "b");
  }

  @Test
  void theHighestPriorityRunsFirst() throws Exception {
    Running low = fixture.logger("low", Priority.USER_IDLE);
    Running high = fixture.logger("high", Priority.SOFT_TIMER);
    Running top = fixture.logger("top", Priority.MAX);
    Running bottom = fixture.logger("bottom", Priority.IDLE_THREAD);
    fixture.run(
        () -> {
          bottom.thread().schedule();
          low.thread().schedule();
          high.thread().schedule();
          top.thread().schedule();
        });
    bottom.await();
    assertThat(fixture.log).containsExactly("top", "high", "low", "bottom");
  }

  @Test
  void schedulingAThreadOfHigherPriorityPreemptsNobody() throws Exception {
    Running high = fixture.logger("high", Priority.MAX);
    fixture.run(
        () -> {
          high.thread().schedule();
          fixture.log("still here");
        });
    high.await();
    assertThat(fixture.log).containsExactly("still here", "high");
  }

  @Test
  void switchAwaySwitchesEvenToALowerPriority() throws Exception {
    Running low = fixture.logger("low", Priority.USER_IDLE);
    fixture.run(
        () -> {
          low.thread().schedule();
          Lwkt.switchAway();
          fixture.log("back");
        });
    assertThat(fixture.log).containsExactly("low", "back");
  }

  @Test
  void switchAwayReturnsWhenNobodyElseCanRun() throws Exception {
    fixture.run(Lwkt::switchAway);
  }

  @Test
  void yieldGivesWayToEqualsAndNotToLower() throws Exception {
    Running low = fixture.logger("low", Priority.USER_IDLE);
    Running equal = fixture.logger("equal", Priority.KERN_DAEMON);
    fixture.run(
        () -> {
          low.thread().schedule();
          Lwkt.yield();
          fixture.log("first");
          equal.thread().schedule();
          Lwkt.yield();
          fixture.log("second");
        });
    low.await();
    assertThat(fixture.log).containsExactly("first", "equal", "second", "low");
  }

  @Test
  void pollGivesWayToHigherAndNotToEquals() throws Exception {
    Running equal = fixture.logger("equal", Priority.KERN_DAEMON);
    Running high = fixture.logger("high", Priority.SOFT_NORM);
    fixture.run(
        () -> {
          equal.thread().schedule();
          Lwkt.poll();
          fixture.log("first");
          high.thread().schedule();
          Lwkt.poll();
          fixture.log("second");
        });
    equal.await();
    assertThat(fixture.log).containsExactly("first", "high", "second", "equal");
  }

  @Test
  void pollDoesNotGiveWayWhileATokenIsHeld() throws Exception {
    Running high = fixture.logger("high", Priority.SOFT_NORM);
    Token token = new Token("held");
    fixture.run(
        () -> {
          token.acquire();
          high.thread().schedule();
          Lwkt.poll();
          fixture.log("held");
          token.release();
          Lwkt.poll();
          fixture.log("released");
        });
    assertThat(fixture.log).containsExactly("held", "high", "released");
  }

  @Test
  void pollAndYieldDoNothingInACriticalSection() throws Exception {
    Running high = fixture.logger("high", Priority.SOFT_NORM);
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          high.thread().schedule();
          Lwkt.poll();
          Lwkt.yield();
          fixture.log("inside");
          Lwkt.leaveCritical();
          fixture.log("leaving only preempts");
          Lwkt.poll();
        });
    assertThat(fixture.log).containsExactly("inside", "leaving only preempts", "high");
  }

  @Test
  void aCriticalSectionIsGivenUpWhileOffTheCpu() throws Exception {
    Running other = fixture.logger("other", Priority.USER_NORM);
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          other.thread().schedule();
          Lwkt.switchAway();
          fixture.log("back");
          Lwkt.leaveCritical();
        });
    assertThat(fixture.log).containsExactly("other", "back");
  }

  @Test
  void aDescheduledThreadRunsUntilItsNextSwitch() throws Exception {
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Lwkt.self("test").face();
              LwktThread self = Lwkt.current();
              assertThat(self).isNotNull();
              self.deschedule();
              fixture.log("runs on");
              Lwkt.switchAway();
              fixture.log("scheduled");
            });
    LwktFixture.awaitState(main.thread(), dev.waitok.lwkt.sched.Tcb.State.BLOCKED);
    assertThat(fixture.log).containsExactly("runs on");
    main.thread().schedule();
    main.await();
    assertThat(fixture.log).containsExactly("runs on", "scheduled");
  }

  @Test
  void aScheduleBeforeTheSwitchUndoesTheDeschedule() throws Exception {
    fixture.run(
        () -> {
          LwktThread self = Lwkt.current();
          assertThat(self).isNotNull();
          self.deschedule();
          self.schedule();
          Lwkt.switchAway();
        });
  }

  @Test
  void deschedulingTakesAReadyThreadOffTheQueue() throws Exception {
    Running a = fixture.logger("a", Priority.KERN_DAEMON);
    Running b = fixture.logger("b", Priority.KERN_DAEMON);
    fixture.run(
        () -> {
          a.thread().schedule();
          b.thread().schedule();
          a.thread().deschedule();
          LwktFixture.checkInvariants();
          Lwkt.yield();
          fixture.log("main");
        });
    b.await();
    assertThat(fixture.log).containsExactly("b", "main");
    a.thread().schedule();
    a.await();
  }

  @Test
  void lastOfScheduleAndDescheduleFromElsewhereWins() throws Exception {
    Running a = fixture.logger("a", Priority.KERN_DAEMON);
    for (int i = 0; i < 100; i++) {
      a.thread().schedule();
      a.thread().deschedule();
      a.thread().schedule();
      a.thread().deschedule();
    }
    a.thread().schedule();
    a.await();
    assertThat(fixture.log).containsExactly("a");
  }

  @Test
  void callsOfAThreadRefuseOtherThreads() {
    assertThatThrownBy(Lwkt::switchAway).isInstanceOf(NotLwktThreadException.class);
    assertThatThrownBy(Lwkt::enterCritical).isInstanceOf(NotLwktThreadException.class);
    assertThatThrownBy(() -> Lwkt.tsleep(this, "x")).isInstanceOf(NotLwktThreadException.class);
    assertThat(Lwkt.current()).isNull();
    assertThat(Lwkt.preempting()).isFalse();
    Lwkt.poll();
    Lwkt.yield();
  }

  @Test
  void manyThreadsShareACpuFairly() throws Exception {
    int[] turns = new int[50];
    Running[] all = new Running[turns.length];
    for (int i = 0; i < turns.length; i++) {
      int me = i;
      all[i] =
          fixture.blocked(
              "t" + i,
              Priority.USER_NORM,
              0,
              () -> {
                for (int turn = 0; turn < 100; turn++) {
                  turns[me]++;
                  for (int other : turns) {
                    assertThat(Math.abs(other - turns[me])).isLessThanOrEqualTo(1);
                  }
                  Lwkt.yield();
                }
              });
    }
    fixture.run(
        () -> {
          for (Running running : all) {
            running.thread().schedule();
          }
        });
    for (Running running : all) {
      running.await();
    }
  }
}
