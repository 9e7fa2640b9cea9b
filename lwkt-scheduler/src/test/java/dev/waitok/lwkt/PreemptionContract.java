package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What preempts what, when, and how it comes back. */
abstract class PreemptionContract {
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

  private void log(String line) {
    fixture.log(line + (Lwkt.preempting() ? "*" : ""));
  }

  private Interrupt interrupt(String name, Priority priority, Runnable handler) {
    return fixture.cpu(0).interrupt(name, priority, handler);
  }

  @Test
  void raisingOnTheOwnCpuPreemptsAtOnce() throws Exception {
    Interrupt i = interrupt("i", Priority.INT_MED, () -> log("i"));
    fixture.run(
        () -> {
          log("before");
          i.raise();
          log("after");
        });
    assertThat(fixture.log).containsExactly("before", "i*", "after");
  }

  @Test
  void aRaiseFromElsewherePreemptsAtTheNextPoll() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt i =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              log("i");
              runs.incrementAndGet();
            });
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              fixture.log("started");
              LwktFixture.pollUntil(() -> runs.get() == 1);
              fixture.log("after");
            });
    LwktFixture.until(() -> fixture.log.size() == 1);
    i.raise();
    main.await();
    assertThat(fixture.log).containsExactly("started", "i*", "after");
  }

  @Test
  void onAnIdleCpuItPreemptsNobody() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt i =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              log("i");
              runs.incrementAndGet();
            });
    i.raise();
    LwktFixture.until(() -> runs.get() == 1);
    assertThat(fixture.log).containsExactly("i");
  }

  @Test
  void equalOrLowerPriorityDoesNotPreempt() throws Exception {
    Interrupt equal = interrupt("equal", Priority.KERN_DAEMON, () -> log("equal"));
    Interrupt lower = interrupt("lower", Priority.USER_NORM, () -> log("lower"));
    fixture.run(
        () -> {
          lower.raise();
          equal.raise();
          log("main");
          Lwkt.poll();
          log("main");
        });
    LwktFixture.until(() -> fixture.log.size() == 4);
    assertThat(fixture.log).containsExactly("main", "main", "equal", "lower");
  }

  @Test
  void aCriticalSectionDefersUntilTheOutermostIsLeft() throws Exception {
    Interrupt i = interrupt("i", Priority.INT_MED, () -> log("i"));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          Lwkt.enterCritical();
          i.raise();
          Lwkt.poll();
          log("inner");
          Lwkt.leaveCritical();
          log("outer");
          Lwkt.leaveCritical();
          log("outside");
        });
    assertThat(fixture.log).containsExactly("inner", "outer", "i*", "outside");
  }

  @Test
  void hardSectionsAndSpinLocksDeferAsWell() throws Exception {
    Interrupt i = interrupt("i", Priority.INT_MED, () -> fixture.log("i"));
    SpinLock lock = new SpinLock("lock");
    fixture.run(
        () -> {
          Lwkt.enterHard();
          i.raise();
          fixture.log("hard");
          Lwkt.leaveHard();
          lock.lock();
          i.raise();
          fixture.log("spin");
          lock.unlock();
          fixture.log("end");
        });
    assertThat(fixture.log).containsExactly("hard", "i", "spin", "i", "end");
  }

  @Test
  void anInterruptMayBePreemptedByAHigherOneAndUnwindsLifo() throws Exception {
    Interrupt high = interrupt("high", Priority.INT_HIGH, () -> log("high"));
    Interrupt med =
        interrupt(
            "med",
            Priority.INT_MED,
            () -> {
              log("med begins");
              high.raise();
              LwktFixture.checkInvariants();
              log("med ends");
            });
    Interrupt low =
        interrupt(
            "low",
            Priority.INT_LOW,
            () -> {
              log("low begins");
              med.raise();
              log("low ends");
            });
    fixture.run(
        () -> {
          low.raise();
          log("main");
        });
    assertThat(fixture.log)
        .containsExactly("low begins*", "med begins*", "high*", "med ends*", "low ends*", "main");
  }

  @Test
  void aPreemptorThatSwitchesReturnsToItsVictimWhateverElseIsReady() throws Exception {
    Running higher = fixture.logger("higher", Priority.MAX);
    Interrupt i =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              log("i");
              higher.thread().schedule();
              Lwkt.switchAway();
              log("i again");
            });
    fixture.run(
        () -> {
          i.raise();
          log("victim");
          LwktFixture.checkInvariants();
          Lwkt.poll();
          log("victim again");
        });
    assertThat(fixture.log).containsExactly("i*", "victim", "higher", "i again", "victim again");
  }

  @Test
  void aPreemptorThatSleepsReturnsToItsVictimAndComesBackAsAnOrdinaryThread() throws Exception {
    Object ident = new Object();
    Interrupt i =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              log("i");
              Lwkt.tsleep(ident, "test");
              log("i woken");
            });
    fixture.run(
        () -> {
          i.raise();
          log("victim");
          Lwkt.wakeup(ident);
          log("waking preempts nobody");
          Lwkt.enterCritical();
          Lwkt.leaveCritical();
          log("nor does a critical section");
          Lwkt.poll();
          log("end");
        });
    assertThat(fixture.log)
        .containsExactly(
            "i*",
            "victim",
            "waking preempts nobody",
            "nor does a critical section",
            "i woken",
            "end");
  }

  @Test
  void onceAwayItPreemptsNobodyUntilItIsRaisedAnew() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt i =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              log("run " + runs.incrementAndGet());
              Lwkt.switchAway();
              log("after");
            });
    fixture.run(
        () -> {
          i.raise();
          log("victim");
          i.raise(); // in the middle of a run: it may not preempt for this
          Lwkt.enterCritical();
          Lwkt.leaveCritical();
          log("not preempted");
          Lwkt.poll(); // it ends the first run, begins the second and switches away again
          Lwkt.poll();
          // Both runs have been served by an ordinary thread; now it may preempt again.
          log("served");
          i.raise();
          log("victim");
          Lwkt.poll();
        });
    assertThat(fixture.log)
        .containsExactly(
            "run 1*",
            "victim",
            "not preempted",
            "after",
            "run 2",
            "after",
            "served",
            "run 3*",
            "victim",
            "after");
  }

  @Test
  void raisesCoalesceUntilTheRunBegins() throws Exception {
    Interrupt i = interrupt("i", Priority.INT_MED, () -> log("i"));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          i.raise();
          i.raise();
          i.raise();
          Lwkt.leaveCritical();
        });
    assertThat(fixture.log).containsExactly("i*");
  }

  @Test
  void aRaiseDuringARunBringsAnotherWholeRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt[] self = new Interrupt[1];
    self[0] =
        interrupt(
            "i",
            Priority.INT_MED,
            () -> {
              if (runs.incrementAndGet() < 5) {
                self[0].raise();
              }
            });
    fixture.run(
        () -> {
          self[0].raise();
          assertThat(runs.get()).isEqualTo(5);
        });
  }

  @Test
  void theThreadsStateTellsThatItIsPreempted() throws Exception {
    Tcb.State[] seen = new Tcb.State[1];
    LwktThread[] main = new LwktThread[1];
    Interrupt i = interrupt("i", Priority.INT_MED, () -> seen[0] = main[0].tcb().state());
    fixture.run(
        () -> {
          main[0] = Lwkt.current();
          i.raise();
        });
    assertThat(seen[0]).isEqualTo(Tcb.State.PREEMPTED);
  }

  @Test
  void whatAHandlerThrowsIsReportedAndTheInterruptLives() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt i =
        interrupt(
            "faulty",
            Priority.INT_MED,
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalArgumentException("on purpose");
              }
            });
    fixture.run(
        () -> {
          i.raise();
          i.raise();
        });
    assertThat(runs.get()).isEqualTo(2);
    LwktFixture.until(() -> !fixture.events.isEmpty());
    LwktEvent event = fixture.events.getFirst();
    assertThat(event.kind()).isEqualTo(LwktEvent.Kind.UNCAUGHT);
    assertThat(event.thread()).isEqualTo("faulty");
    assertThat(event.thrown()).hasMessage("on purpose");
  }

  @Test
  void aHandlerThatEndsInACriticalSectionIsReportedAndRepaired() throws Exception {
    Interrupt i = interrupt("sloppy", Priority.INT_MED, Lwkt::enterCritical);
    Interrupt high = interrupt("high", Priority.INT_HIGH, () -> log("high"));
    fixture.run(
        () -> {
          i.raise();
          high.raise();
        });
    assertThat(fixture.log).containsExactly("high*");
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.UNBALANCED);
  }

  @Test
  void interruptsWaitInOrderOfPriority() throws Exception {
    Interrupt low = interrupt("low", Priority.INT_LOW, () -> log("low"));
    Interrupt med = interrupt("med", Priority.INT_MED, () -> log("med"));
    Interrupt med2 = interrupt("med2", Priority.INT_MED, () -> log("med2"));
    Interrupt high = interrupt("high", Priority.INT_HIGH, () -> log("high"));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          low.raise();
          med.raise();
          med2.raise();
          high.raise();
          Lwkt.leaveCritical();
        });
    assertThat(fixture.log).containsExactly("high*", "med*", "med2*", "low*");
  }

  @Test
  void aClosedInterruptRefusesRaisesAndServesThoseThatCame() throws Exception {
    Interrupt i = interrupt("i", Priority.INT_MED, () -> log("i"));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          i.raise();
          i.close();
          Lwkt.leaveCritical();
        });
    assertThat(i.thread().join(LwktFixture.DEADLINE)).isTrue();
    assertThat(fixture.log).hasSize(1);
    assertThat(i.raise()).isFalse();
  }
}
