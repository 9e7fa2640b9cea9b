package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FAST interrupts: inline, and from the start as a thread when they must wait. */
abstract class FastContract {
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

  @Test
  void runsInlineAsTheThreadItInterrupts() throws Exception {
    AtomicReference<Thread> ran = new AtomicReference<>();
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_HIGH,
                () -> {
                  ran.set(Thread.currentThread());
                  log("fast");
                });
    fixture.run(
        () -> {
          fast.raise();
          log("main");
          assertThat(ran.get()).isSameAs(Thread.currentThread());
        });
    assertThat(fixture.log).containsExactly("fast*", "main");
    assertThat(fixture.cpu(0).statistics().fastRuns()).isEqualTo(1);
  }

  @Test
  void interruptsAThreadOfAnyPriority() throws Exception {
    Interrupt fast = fixture.cpu(0).fastInterrupt("fast", Priority.INT_LOW, () -> log("fast"));
    fixture.start("high", Priority.MAX, 0, fast::raise).await();
    assertThat(fixture.log).containsExactly("fast*");
    assertThat(fixture.cpu(0).statistics().fastRuns()).isEqualTo(1);
  }

  @Test
  void waitsForTheEndOfCriticalSections() throws Exception {
    Interrupt fast = fixture.cpu(0).fastInterrupt("fast", Priority.INT_LOW, () -> log("fast"));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          fast.raise();
          Lwkt.poll();
          log("inside");
          Lwkt.leaveCritical();
          log("outside");
        });
    assertThat(fixture.log).containsExactly("inside", "fast*", "outside");
  }

  @Test
  void isNotPreemptedItself() throws Exception {
    Interrupt high = fixture.cpu(0).interrupt("high", Priority.MAX, () -> log("high"));
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_LOW,
                () -> {
                  high.raise();
                  Lwkt.enterCritical();
                  Lwkt.leaveCritical();
                  Lwkt.poll();
                  log("fast");
                });
    fixture.run(fast::raise);
    assertThat(fixture.log).containsExactly("fast*", "high*");
  }

  @Test
  void onAnIdleCpuItsThreadRunsItAndPreemptsNobody() throws Exception {
    AtomicReference<String> where = new AtomicReference<>();
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_LOW,
                () -> where.set(Lwkt.current().name() + Lwkt.preempting()));
    fast.raise();
    LwktFixture.until(() -> where.get() != null);
    assertThat(where.get()).isEqualTo("fastfalse");
  }

  @Test
  void whatWouldSwitchThrowsMustBlockAndTheHandlerRunsAgainAsAThread() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_MED,
                () -> {
                  starts.incrementAndGet();
                  log("begins in " + Lwkt.current().name());
                  Lwkt.switchAway();
                  log("ends in " + Lwkt.current().name());
                });
    fixture.run(
        () -> {
          fast.raise();
          log("victim");
          Lwkt.poll();
        });
    assertThat(fixture.log)
        .containsExactly("begins in main*", "begins in fast*", "victim", "ends in fast");
    assertThat(starts.get()).isEqualTo(2);
    assertThat(fixture.events).isEmpty();
  }

  @Test
  void everythingThatMayWaitThrowsMustBlock() throws Exception {
    Token token = new Token("token");
    Object ident = new Object();
    LwktThread other = fixture.start("other", Priority.USER_NORM, 0, () -> {}).thread();
    Callable<?>[] calls = {
      () -> {
        Lwkt.switchAway();
        return null;
      },
      token::acquire,
      token::tryAcquire,
      () -> Lwkt.tsleep(ident, "x"),
      () -> {
        Lwkt.tsleepInterlock(ident);
        return null;
      },
      () -> Lwkt.blocking(() -> null),
      () -> other.join(LwktFixture.DEADLINE),
    };
    for (Callable<?> call : calls) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Interrupt fast =
          fixture
              .cpu(0)
              .fastInterrupt(
                  "fast",
                  Priority.INT_MED,
                  () -> {
                    if (thrown.get() == null) {
                      try {
                        call.call();
                        thrown.set(new AssertionError("returned"));
                      } catch (Throwable e) {
                        thrown.set(e);
                      }
                    }
                  });
      fixture.run(fast::raise);
      assertThat(thrown.get()).isSameAs(MustBlock.INSTANCE);
      fast.close();
    }
  }

  @Test
  void twoRunsNeverOverlap() throws Exception {
    Object ident = new Object();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_MED,
                () -> {
                  if (!Lwkt.current().name().equals("fast")) {
                    assertThat(inside.get()).isZero();
                    Lwkt.tsleep(ident, "always waits");
                  }
                  assertThat(inside.incrementAndGet()).isEqualTo(1);
                  Lwkt.tsleep(ident, "waits");
                  inside.decrementAndGet();
                  runs.incrementAndGet();
                });
    fixture.run(
        () -> {
          fast.raise(); // runs as a thread and sleeps
          assertThat(inside.get()).isEqualTo(1);
          fast.raise(); // must wait for that run's end
          assertThat(inside.get()).isEqualTo(1);
          LwktFixture.pollUntil(
              () -> {
                Lwkt.wakeup(ident);
                return runs.get() == 2;
              });
        });
    assertThat(fixture.events).isEmpty();
  }

  @Test
  void aRaiseByItselfBringsAnotherRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Interrupt[] self = new Interrupt[1];
    self[0] =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
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
  void whatItThrowsIsReported() throws Exception {
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_MED,
                () -> {
                  throw new IllegalArgumentException("on purpose");
                });
    fixture.run(
        () -> {
          fast.raise();
          LwktFixture.checkInvariants();
        });
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().thrown()).hasMessage("on purpose");
  }

  @Test
  void sectionsItLeavesOpenAreClosedAndReported() throws Exception {
    Interrupt fast = fixture.cpu(0).fastInterrupt("fast", Priority.INT_MED, () -> Lwkt.enterHard());
    fixture.run(
        () -> {
          fast.raise();
          assertThat(Lwkt.preempting()).isFalse();
        });
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.UNBALANCED);
  }
}
