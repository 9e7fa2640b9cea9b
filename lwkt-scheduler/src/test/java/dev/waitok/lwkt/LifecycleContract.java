package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threads and schedulers from start to end. */
abstract class LifecycleContract {
  private LwktFixture fixture;

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
  @RealThreads
  void capabilitiesSayWhatWasChosenAndWhy() {
    Capabilities capabilities = fixture.lwkt.capabilities();
    assertThat(capabilities.dispatch()).isEqualTo(dispatch());
    assertThat(capabilities.reason()).isNotBlank();
    assertThat(capabilities.cpus()).isEqualTo(2);
    assertThat(capabilities.affinity()).isEqualTo(dispatch() == Dispatch.DIRECT);
  }

  @Test
  void aThreadKnowsItself() throws Exception {
    AtomicReference<LwktThread> seen = new AtomicReference<>();
    LwktThread thread =
        fixture
            .lwkt
            .thread("worker")
            .priority(Priority.USER_NORM)
            .cpu(1)
            .start(() -> seen.set(Lwkt.current()));
    thread.join();
    assertThat(seen.get()).isSameAs(thread);
    assertThat(thread.name()).isEqualTo("worker");
    assertThat(thread.priority()).isSameAs(Priority.USER_NORM);
    assertThat(thread.cpu()).isSameAs(fixture.cpu(1));
    assertThat(thread.javaThread().isVirtual()).isTrue();
    assertThat(thread.javaThread().getName()).isEqualTo("worker");
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void threadsWithoutACpuTakeTurns() throws Exception {
    int[] perCpu = new int[2];
    for (int n = 0; n < 10; n++) {
      LwktThread thread = fixture.lwkt.thread("t").start(() -> {});
      perCpu[thread.cpu().index()]++;
      thread.join();
    }
    assertThat(perCpu).containsExactly(5, 5);
  }

  @Test
  void whatABodyThrowsIsReported() throws Exception {
    LwktThread thread =
        fixture
            .lwkt
            .thread("faulty")
            .start(
                () -> {
                  throw new IllegalArgumentException("on purpose");
                });
    thread.join();
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().thread()).isEqualTo("faulty");
    assertThat(fixture.events.getFirst().thrown()).hasMessage("on purpose");
  }

  @Test
  @RealThreads
  void theThreadFactoryMakesThreadsOfItsCpu() throws Exception {
    AtomicReference<LwktThread> seen = new AtomicReference<>();
    Thread thread = fixture.cpu(1).threadFactory().newThread(() -> seen.set(Lwkt.current()));
    assertThat(thread).isNotNull();
    thread.start();
    thread.join();
    assertThat(seen.get()).isNotNull();
    assertThat(seen.get().cpu()).isSameAs(fixture.cpu(1));
  }

  @Test
  void manyThreadsComeAndGo() throws Exception {
    AtomicInteger count = new AtomicInteger();
    List<LwktThread> all = new ArrayList<>();
    for (int n = 0; n < 5_000; n++) {
      all.add(
          fixture
              .lwkt
              .thread("t")
              .start(
                  () -> {
                    Lwkt.yield();
                    count.incrementAndGet();
                  }));
    }
    for (LwktThread thread : all) {
      assertThat(thread.join(LwktFixture.DEADLINE)).isTrue();
    }
    assertThat(count.get()).isEqualTo(5_000);
  }

  @Test
  @RealThreads
  void whatAThreadDoesIsSeenByTheNextOneOnItsCpu() throws Exception {
    long[] plain = new long[1];
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      all.add(
          fixture.start(
              "t" + n,
              Priority.KERN_DAEMON,
              0,
              () -> {
                for (int k = 0; k < 20_000; k++) {
                  plain[0]++;
                  Lwkt.yield();
                }
              }));
    }
    for (Running running : all) {
      running.await();
    }
    assertThat(plain[0]).isEqualTo(80_000);
  }

  @Test
  @RealThreads
  void closingInterruptsAndJoins() throws Exception {
    LwktFixture other = new LwktFixture(dispatch(), 2);
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch started = new CountDownLatch(2);
    other.start(
        "sleeper",
        Priority.KERN_DAEMON,
        0,
        () -> {
          started.countDown();
          Lwkt.tsleep(ended, "for ever");
          ended.incrementAndGet();
        });
    other.start(
        "busy",
        Priority.KERN_DAEMON,
        1,
        () -> {
          started.countDown();
          while (!Thread.currentThread().isInterrupted()) {
            Lwkt.poll();
          }
          ended.incrementAndGet();
        });
    started.await();
    other.close();
    assertThat(ended.get()).isEqualTo(2);
  }

  @Test
  @RealThreads
  void interruptsServeTheThreadsUntilTheEnd() throws Exception {
    LwktFixture other = new LwktFixture(dispatch(), 1);
    AtomicInteger served = new AtomicInteger();
    ItemInterrupt<Integer> nic =
        other.cpu(0).interrupt("nic", Priority.INT_MED, (Integer n) -> served.addAndGet(n));
    CountDownLatch started = new CountDownLatch(1);
    other.start(
        "last words",
        Priority.KERN_DAEMON,
        0,
        () -> {
          started.countDown();
          Lwkt.tsleep(nic, "the end");
          for (int n = 0; n < 100; n++) {
            assertThat(nic.raise(1)).isTrue();
          }
        });
    started.await();
    other.close();
    assertThat(served.get()).isEqualTo(100);
    assertThat(nic.raise(1)).isFalse();
  }

  @Test
  void aClosedSchedulerTakesNothingNew() {
    LwktFixture other = new LwktFixture(dispatch(), 1);
    Thread unstarted = other.cpu(0).threadFactory().newThread(() -> other.log("ran"));
    other.close();
    assertThatThrownBy(() -> other.lwkt.thread("late").start(() -> {}))
        .isInstanceOf(LwktClosedException.class);
    assertThatThrownBy(() -> other.cpu(0).interrupt("late", Priority.INT_MED, () -> {}))
        .isInstanceOf(LwktClosedException.class);
    assertThatThrownBy(() -> other.cpu(0).threadFactory().newThread(() -> {}))
        .isInstanceOf(LwktClosedException.class);
    assertThat(other.cpu(0).send(() -> other.log("ran"))).isFalse();
    assertThat(other.lwkt.close(Duration.ZERO)).isEmpty();
    assertThat(unstarted).isNotNull();
    assertThat(other.log).isEmpty();
  }

  @Test
  void closingFromInsideIsRefused() throws Exception {
    fixture.run(
        () ->
            assertThatThrownBy(fixture.lwkt::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be closed by one of its own threads"));
  }

  @Test
  void whoDoesNotEndInTimeIsReportedAndNotLost() throws Exception {
    LwktFixture other = new LwktFixture(dispatch(), 1);
    AtomicBoolean mayEnd = new AtomicBoolean();
    Running stubborn =
        other.start(
            "stubborn",
            Priority.KERN_DAEMON,
            0,
            () -> {
              while (!mayEnd.get()) {
                Lwkt.tsleep(mayEnd, "permission", Duration.ofMillis(1));
                Thread.interrupted();
              }
            });
    LwktFixture.until(() -> stubborn.thread().tcb().state() != Tcb.State.NEW);
    List<LwktThread> left = other.lwkt.close(Duration.ofMillis(50));
    assertThat(left).containsExactly(stubborn.thread());
    mayEnd.set(true);
    stubborn.await();
    LwktFixture.until(() -> !other.cpu(0).send(() -> {}));
  }

  @Test
  void closeReportsWhoIsLeft() throws Exception {
    AtomicReference<LwktEvent> event = new AtomicReference<>();
    Lwkt other =
        Lwkt.builder()
            .cpus(1)
            .dispatch(dispatch())
            .closeTimeout(Duration.ofMillis(20))
            .onEvent(event::set)
            .start();
    AtomicBoolean mayEnd = new AtomicBoolean();
    LwktThread stubborn =
        other
            .thread("stubborn")
            .start(
                () -> {
                  while (!mayEnd.get()) {
                    Lwkt.tsleep(mayEnd, "permission", Duration.ofMillis(1));
                    Thread.interrupted();
                  }
                });
    other.close();
    LwktFixture.until(() -> event.get() != null);
    assertThat(event.get().kind()).isEqualTo(LwktEvent.Kind.LEFT_AT_CLOSE);
    assertThat(event.get().thread()).isEqualTo("stubborn");
    mayEnd.set(true);
    stubborn.join();
  }

  @Test
  void schedulersComeAndGo() throws Exception {
    for (int n = 0; n < 20; n++) {
      try (LwktFixture other = new LwktFixture(dispatch(), 2)) {
        other.run(() -> Lwkt.yield());
        other.run(1, () -> Lwkt.yield());
      }
    }
  }

  @Test
  void badArgumentsAreRefusedWithNumbers() {
    assertThatThrownBy(() -> fixture.lwkt.cpu(2)).hasMessage("cpu 2 is not between 0 and 1");
    assertThatThrownBy(() -> fixture.lwkt.thread("x").cpu(-1))
        .hasMessage("cpu -1 is not between 0 and 1");
    assertThatThrownBy(() -> Lwkt.builder().cpus(0)).hasMessage("0 cpus: at least 1 is needed");
    assertThatThrownBy(() -> Priority.of(32)).hasMessage("priority 32 is not between 0 and 31");
    assertThat(Priority.of(28)).isSameAs(Priority.INT_MED).hasToString("INT_MED(28)");
  }
}
