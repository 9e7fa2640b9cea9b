package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an allocator is told, seen through a port that only remembers it. */
abstract class ContextContract {
  private final FakePort port = new FakePort();
  private LwktFixture fixture;

  abstract Dispatch dispatch();

  /** Stands for an allocator. */
  private static final class FakePort implements SchedulerPort {
    private @Nullable ExecutionContext attached;
    private int cpus;
    private final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public Lease attach(ExecutionContext scheduler, int itsCpus) {
      attached = scheduler;
      cpus = itsCpus;
      return () -> closed.set(true);
    }

    ExecutionContext context() {
      assertThat(attached).isNotNull();
      return attached;
    }

    Caller caller() {
      Caller caller = context().caller();
      assertThat(caller).isNotNull();
      return caller;
    }
  }

  @BeforeEach
  void start() {
    fixture = new LwktFixture(Lwkt.builder().cpus(2).dispatch(dispatch()).port(port));
  }

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(port.closed).isTrue();
  }

  @Test
  void isAttachedWithItsCpusAndKnowsOnlyItsOwnThreads() throws Exception {
    assertThat(port.cpus).isEqualTo(2);
    assertThat(port.context().caller()).isNull();
    fixture.run(
        1,
        () -> {
          Caller caller = port.caller();
          assertThat(caller.cpu()).isEqualTo(1);
          assertThat(caller.preempting()).isFalse();
          assertThat(caller.whyNotBlock()).isNull();
          assertThat(port.caller()).isSameAs(caller);
          assertThat(Lwkt.<Boolean>blocking(() -> port.context().caller() == null)).isTrue();
        });
  }

  @Test
  void aThreadOfAnotherSchedulerIsRefused() throws Exception {
    try (LwktFixture other = new LwktFixture(dispatch(), 1)) {
      other.run(
          () ->
              assertThatThrownBy(port.context()::caller)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("thread main belongs to another Lwkt"));
    }
  }

  @Test
  void preemptingAndWhyNotBlockFollowTheCircumstances() throws Exception {
    SpinLock lock = new SpinLock("lock");
    Interrupt thread =
        fixture.cpu(0).interrupt("thread", Priority.INT_MED, () -> note(port.caller()));
    Interrupt fast =
        fixture.cpu(0).fastInterrupt("fast", Priority.INT_MED, () -> note(port.caller()));
    fixture.run(
        () -> {
          Caller caller = port.caller();
          note(caller);
          thread.raise();
          fast.raise();
          Lwkt.enterHard();
          note(caller);
          Lwkt.leaveHard();
          lock.lock();
          note(caller);
          lock.unlock();
          port.context().send(0, () -> note(port.caller()));
          Lwkt.poll();
          caller.enterCritical();
          note(caller);
          caller.leaveCritical();
        });
    assertThat(fixture.log)
        .containsExactly(
            "false, null",
            "true, null",
            "true, null",
            "true, it is in a hard section",
            "true, a spin lock is held",
            "true, an IPI function runs",
            "false, null");
  }

  private void note(Caller caller) {
    fixture.log(caller.preempting() + ", " + caller.whyNotBlock());
  }

  @Test
  void leavingTheOutermostCriticalSectionIsAPreemptionPoint() throws Exception {
    Interrupt i = fixture.cpu(0).interrupt("i", Priority.INT_MED, () -> fixture.log("i"));
    fixture.run(
        () -> {
          Caller caller = port.caller();
          caller.enterCritical();
          caller.enterCritical();
          i.raise();
          caller.leaveCritical();
          fixture.log("inside");
          caller.leaveCritical();
          fixture.log("outside");
        });
    assertThat(fixture.log).containsExactly("inside", "i", "outside");
  }

  @Test
  void switchingAwayEndsPreempting() throws Exception {
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  Caller caller = port.caller();
                  fixture.log("i " + caller.preempting());
                  assertThat(caller.switchAway()).isTrue();
                  fixture.log("i " + caller.preempting());
                });
    fixture.run(
        () -> {
          i.raise();
          fixture.log("victim");
          Lwkt.poll();
        });
    assertThat(fixture.log).containsExactly("i true", "victim", "i false");
  }

  @Test
  void switchingAwayFromAFastInterruptRestartsItAsAThread() throws Exception {
    AtomicInteger starts = new AtomicInteger();
    Interrupt fast =
        fixture
            .cpu(0)
            .fastInterrupt(
                "fast",
                Priority.INT_MED,
                () -> {
                  starts.incrementAndGet();
                  Caller caller = port.caller();
                  caller.enterCritical(); // what an allocator does first
                  caller.leaveCritical();
                  caller.switchAway();
                  fixture.log("served " + caller.preempting());
                });
    fixture.run(
        () -> {
          fast.raise();
          Lwkt.poll();
        });
    assertThat(fixture.log).containsExactly("served false");
    assertThat(starts.get()).isEqualTo(2);
  }

  @Test
  void aPinnedPreemptorWaitsInPlaceAndStillPreempts() throws Exception {
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  Pinned.run(
                      () -> {
                        Caller caller = port.caller();
                        boolean switched = caller.switchAway();
                        fixture.log(switched + " " + caller.preempting());
                      });
                  assertThat(port.caller().switchAway()).isTrue();
                  fixture.log("free again");
                });
    fixture.run(
        () -> {
          i.raise();
          fixture.log("victim");
          LwktFixture.checkInvariants();
          Lwkt.poll();
        });
    LwktFixture.until(() -> fixture.log.size() == 3);
    if (dispatch() == Dispatch.DIRECT) {
      assertThat(fixture.log).containsExactly("false true", "victim", "free again");
      LwktFixture.until(() -> !fixture.events.isEmpty());
      assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.PINNED);
      fixture.events.clear();
    } else {
      // A baton can be passed on from anywhere.
      assertThat(fixture.log).containsExactly("victim", "true false", "free again");
    }
  }

  @Test
  @RealThreads
  void aSleeperIsWokenFromAnywhereAndRemembersOneWake() throws Exception {
    AtomicReference<Sleeper> sleeper = new AtomicReference<>();
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Sleeper mine = port.caller().newSleeper();
              mine.wake();
              mine.sleep(Long.MAX_VALUE);
              mine.sleep(1_000_000);
              sleeper.set(mine);
              mine.sleep(Long.MAX_VALUE);
              mine.sleep(Long.MAX_VALUE);
            });
    LwktFixture.until(() -> sleeper.get() != null);
    LwktFixture.awaitState(main.thread(), Tcb.State.BLOCKED);
    sleeper.get().wake();
    fixture.run(1, () -> sleeper.get().wake());
    while (main.thread().isAlive()) {
      sleeper.get().wake(); // two wakes may have been one
    }
    main.await();
  }

  @Test
  @RealThreads
  void anInterruptNeitherEndsASleepNorIsLost() throws Exception {
    AtomicReference<Sleeper> sleeper = new AtomicReference<>();
    AtomicBoolean woke = new AtomicBoolean();
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              sleeper.set(port.caller().newSleeper());
              sleeper.get().sleep(Long.MAX_VALUE);
              woke.set(true);
              assertThat(Thread.interrupted()).isTrue();
            });
    LwktFixture.until(() -> sleeper.get() != null);
    LwktFixture.awaitState(main.thread(), Tcb.State.BLOCKED);
    main.thread().interrupt();
    CountDownLatch rested = new CountDownLatch(1);
    port.context().send(0, rested::countDown);
    rested.await();
    assertThat(woke).isFalse();
    sleeper.get().wake();
    main.await();
  }

  @Test
  @RealThreads
  void noWakeIsLost() throws Exception {
    int rounds = dispatch() == Dispatch.DIRECT ? 20_000 : 3_000;
    AtomicReference<Sleeper> sleeper = new AtomicReference<>();
    AtomicInteger asked = new AtomicInteger();
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Sleeper mine = port.caller().newSleeper();
              sleeper.set(mine);
              for (int n = 1; n <= rounds; n++) {
                asked.set(n);
                mine.sleep(Long.MAX_VALUE); // a lost wake hangs here
              }
            });
    Thread waker =
        Thread.ofPlatform()
            .start(
                () -> {
                  int last = 0;
                  while (last < rounds) {
                    int now = asked.get();
                    if (now != last) {
                      last = now;
                      sleeper.get().wake();
                    }
                  }
                });
    main.await();
    waker.join();
  }

  @Test
  void sendRunsATaskInAHardSectionOfThatCpu() {
    AtomicReference<String> seen = new AtomicReference<>();
    assertThat(
            port.context()
                .send(
                    1,
                    () -> {
                      Caller caller = port.caller();
                      seen.set(caller.cpu() + " " + caller.whyNotBlock());
                    }))
        .isTrue();
    LwktFixture.until(() -> seen.get() != null);
    assertThat(seen.get()).isEqualTo("1 an IPI function runs");
  }

  @Test
  @RealThreads
  void aServiceThreadIsAPlainDaemon() {
    AtomicReference<Thread> seen = new AtomicReference<>();
    port.context().startService("service", () -> seen.set(Thread.currentThread()));
    LwktFixture.until(() -> seen.get() != null);
    assertThat(seen.get().isDaemon()).isTrue();
    assertThat(seen.get().isVirtual()).isFalse();
    assertThat(seen.get().getName()).isEqualTo("service");
  }
}
