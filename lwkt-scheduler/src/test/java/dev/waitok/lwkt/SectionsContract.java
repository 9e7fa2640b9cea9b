package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where nobody may wait. */
abstract class SectionsContract {
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

  private Map<String, ThrowingCallable> waits() {
    Token token = new Token("token");
    Object ident = new Object();
    LwktThread ended = fixture.start("other", Priority.USER_NORM, 0, () -> {}).thread();
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("switchAway", Lwkt::switchAway);
    calls.put("acquire", token::acquire);
    calls.put("tryAcquire", token::tryAcquire);
    calls.put("tsleep", () -> Lwkt.tsleep(ident, "x"));
    calls.put("interlock", () -> Lwkt.tsleepInterlock(ident));
    calls.put("blocking", () -> Lwkt.blocking(() -> null));
    calls.put("join", () -> ended.join(LwktFixture.DEADLINE));
    return calls;
  }

  private void assertAllRefused(String why) {
    waits()
        .forEach(
            (name, call) ->
                assertThatThrownBy(call)
                    .as(name)
                    .isInstanceOf(CannotBlockException.class)
                    .hasMessageContaining(why));
  }

  @Test
  void inAHardSectionEverythingThatMayWaitIsRefused() throws Exception {
    fixture.run(
        () -> {
          Lwkt.enterHard();
          assertThat(Lwkt.preempting()).isTrue();
          assertAllRefused("main may not block: it is in a hard section");
          Lwkt.leaveHard();
          assertThat(Lwkt.preempting()).isFalse();
        });
  }

  @Test
  void withASpinLockEverythingThatMayWaitIsRefused() throws Exception {
    fixture.run(
        () -> {
          SpinLock lock = new SpinLock("lock");
          try (var _ = lock.lock()) {
            assertThat(Lwkt.preempting()).isTrue();
            assertAllRefused("a spin lock is held");
          }
          assertThat(Lwkt.preempting()).isFalse();
        });
  }

  @Test
  void inAnIpiFunctionEverythingThatMayWaitIsRefused() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> done = new AtomicReference<>(false);
    waits(); // starts its thread here
    fixture
        .cpu(0)
        .send(
            () -> {
              try {
                assertThat(Lwkt.preempting()).isTrue();
                Token token = new Token("token");
                assertThatThrownBy(token::acquire)
                    .isInstanceOf(CannotBlockException.class)
                    .hasMessageContaining("an IPI function runs");
                assertThatThrownBy(Lwkt::switchAway).isInstanceOf(CannotBlockException.class);
                assertThatThrownBy(() -> Lwkt.tsleep(token, "x"))
                    .isInstanceOf(CannotBlockException.class);
              } catch (Throwable e) {
                failure.set(e);
              }
              done.set(true);
            });
    LwktFixture.until(done::get);
    assertThat(failure.get()).isNull();
  }

  @Test
  void wakingRaisingAndSendingAreAllowedEverywhere() throws Exception {
    Interrupt i = fixture.cpu(0).interrupt("i", Priority.INT_MED, () -> fixture.log("i"));
    fixture.run(
        () -> {
          Lwkt.enterHard();
          i.raise();
          Lwkt.wakeup(this);
          Lwkt.wakeupOne(this);
          fixture.cpu(0).send(() -> fixture.log("ipi"));
          LwktThread self = Lwkt.current();
          assertThat(self).isNotNull();
          self.schedule();
          fixture.log("hard");
          Lwkt.leaveHard();
          fixture.log("end");
        });
    assertThat(fixture.log).containsExactly("hard", "ipi", "i", "end");
  }

  @Test
  void leavingWhatWasNotEnteredIsRefused() throws Exception {
    fixture.run(
        () -> {
          assertThatThrownBy(Lwkt::leaveCritical)
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("main leaves a critical section that it has not entered");
          assertThatThrownBy(Lwkt::leaveHard)
              .hasMessage("main leaves a hard section that it has not entered");
          Lwkt.enterHard();
          assertThatThrownBy(Lwkt::leaveCritical)
              .hasMessage("main leaves a critical section that it has not entered");
          Lwkt.leaveHard();
        });
  }

  @Test
  void aSpinLockExcludesAndIsNotReentrant() throws Exception {
    SpinLock lock = new SpinLock("lock");
    fixture.run(
        () -> {
          lock.lock();
          assertThatThrownBy(lock::lock)
              .hasMessage("main takes spin lock lock that it holds already");
          AtomicReference<Boolean> got = new AtomicReference<>();
          Thread.ofPlatform().start(() -> got.set(lock.tryLock())).join();
          assertThat(got.get()).isFalse();
          lock.unlock();
          assertThatThrownBy(lock::unlock).isInstanceOf(IllegalStateException.class);
          assertThat(lock.tryLock()).isTrue();
          lock.unlock();
        });
  }

  @Test
  @RealThreads
  void aSpinLockIsExclusiveAmongCpusAndPlainThreads() throws Exception {
    try (LwktFixture two = new LwktFixture(dispatch(), 2)) {
      SpinLock lock = new SpinLock("lock");
      int[] counter = new int[1];
      Runnable work =
          () -> {
            for (int n = 0; n < 20_000; n++) {
              try (var _ = lock.lock()) {
                counter[0]++;
              }
            }
          };
      Thread plain = Thread.ofPlatform().start(work);
      LwktFixture.Running a = two.start("a", Priority.KERN_DAEMON, 0, work::run);
      LwktFixture.Running b = two.start("b", Priority.KERN_DAEMON, 1, work::run);
      a.await();
      b.await();
      plain.join();
      assertThat(counter[0]).isEqualTo(60_000);
    }
  }

  @Test
  void functionsSentRunOnceInOrderInAHardSection() throws Exception {
    fixture.run(
        () -> {
          for (int n = 0; n < 3; n++) {
            int me = n;
            fixture.cpu(0).send(() -> fixture.log(me + " " + Lwkt.current().name()));
          }
          fixture.log("sent");
          Lwkt.poll();
          fixture.log("polled");
        });
    assertThat(fixture.log).containsExactly("sent", "0 main", "1 main", "2 main", "polled");
  }

  @Test
  void anIdleCpuRunsAFunctionAtOnceAndReportsWhatItThrows() {
    AtomicReference<Boolean> ran = new AtomicReference<>(false);
    assertThat(
            fixture
                .cpu(0)
                .send(
                    () -> {
                      ran.set(true);
                      throw new IllegalArgumentException("on purpose");
                    }))
        .isTrue();
    LwktFixture.until(ran::get);
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().thrown()).hasMessage("on purpose");
  }
}
