package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Java Flight Recorder shows of a scheduler. */
class WatchingTest {
  private final BlockingQueue<RecordedEvent> seen = new LinkedBlockingQueue<>();

  /** Events of a kind while a body runs; they come about once a second. */
  private void watched(String kind, LwktFixture.Body body) throws Exception {
    try (RecordingStream stream = new RecordingStream()) {
      stream.setReuse(false);
      stream.enable("dev.waitok." + kind);
      stream.onEvent("dev.waitok." + kind, seen::add);
      stream.startAsync();
      body.run();
      stream.stop();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aPreemptionIsAnEvent(Dispatch dispatch) throws Exception {
    try (LwktFixture fixture = new LwktFixture(dispatch, 1)) {
      Interrupt nic = fixture.cpu(0).interrupt("nic", Priority.INT_MED, () -> fixture.log("ran"));
      watched(
          "Preempt",
          () ->
              fixture.run(
                  () -> {
                    nic.raise();
                    LwktFixture.pollUntil(() -> !fixture.log.isEmpty());
                  }));
      assertThat(seen).hasSize(1);
      RecordedEvent event = seen.take();
      assertThat(event.getString("victim")).isEqualTo("main");
      assertThat(event.getString("preemptor")).isEqualTo("nic");
      assertThat(event.getInt("cpu")).isZero();
      assertThat(event.getDuration()).isPositive();
    }
  }

  /** It begins while one thread preempts another, and ends before they do; then another begins. */
  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aRecordingOfWhoRanMayBeginAndEndInTheMiddle(Dispatch dispatch) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch inHandler = new CountDownLatch(1);
    CountDownLatch handlerEnds = new CountDownLatch(1);
    try (LwktFixture fixture = new LwktFixture(dispatch, 1)) {
      Interrupt nic =
          fixture
              .cpu(0)
              .interrupt(
                  "nic",
                  Priority.INT_MED,
                  () -> {
                    inHandler.countDown();
                    LwktFixture.pollUntil(() -> handlerEnds.getCount() == 0);
                  });
      LwktFixture.Running victim =
          fixture.start(
              "victim",
              Priority.KERN_DAEMON,
              0,
              () -> {
                while (end.getCount() > 0) {
                  Lwkt.poll();
                }
              });
      assertThat(nic.raise()).isTrue();
      inHandler.await();
      for (int recording = 0; recording < 2; recording++) {
        seen.clear();
        watched(
            "Run",
            () -> {
              while (seen.isEmpty()) {
                fixture.start("high", Priority.MAX, 0, () -> {}).await();
                handlerEnds.countDown();
              }
            });
        assertThat(seen).allMatch(event -> event.getInt("cpu") == 0);
        assertThat(seen)
            .extracting(event -> event.getString("thread"))
            .contains("high")
            .isSubsetOf("high", "victim", "nic");
        assertThat(seen).allMatch(event -> event.getLong("ran") >= 0);
      }
      end.countDown();
      victim.await();
    }
  }

  private static void computesOn(CountDownLatch until) {
    while (until.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aLongStretchWithoutAPreemptionPointIsAnEventWithTheOffendersStack(Dispatch dispatch)
      throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (LwktFixture fixture = new LwktFixture(dispatch, 2)) {
      watched(
          "LongStretch",
          () -> {
            LwktFixture.Running selfish =
                fixture.start("selfish", Priority.KERN_DAEMON, 1, () -> computesOn(end));
            RecordedEvent event = seen.take();
            end.countDown();
            selfish.await();
            assertThat(event.getString("thread")).isEqualTo("selfish");
            assertThat(event.getInt("cpu")).isEqualTo(1);
            assertThat(event.getBoolean("critical")).isFalse();
            assertThat(event.getString("stack")).contains("WatchingTest.computesOn");
            assertThat(event.getDuration("stretch"))
                .isGreaterThanOrEqualTo(Duration.ofNanos(StretchWatch.LIMIT_NANOS));
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aLongCriticalSectionIsToldFromThat(Dispatch dispatch) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (LwktFixture fixture = new LwktFixture(dispatch, 1)) {
      watched(
          "LongStretch",
          () -> {
            LwktFixture.Running selfish =
                fixture.start(
                    "selfish",
                    Priority.KERN_DAEMON,
                    0,
                    () -> {
                      Lwkt.enterCritical();
                      computesOn(end);
                      Lwkt.leaveCritical();
                    });
            RecordedEvent event = seen.take();
            end.countDown();
            selfish.await();
            assertThat(event.getBoolean("critical")).isTrue();
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PORTABLE"})
  void aStallIsAnEventWithTheOffendersStack(Dispatch dispatch) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (LwktFixture fixture = new LwktFixture(dispatch, 1)) {
      watched(
          "SchedulerStall",
          () -> {
            LwktFixture.Running blocks =
                fixture.start(
                    "blocks",
                    Priority.KERN_DAEMON,
                    0,
                    () -> {
                      Lwkt.enterCritical();
                      end.await();
                      Lwkt.leaveCritical();
                    });
            RecordedEvent event = seen.take();
            end.countDown();
            blocks.await();
            assertThat(event.getString("kind")).isEqualTo("BLOCKED_IN_JAVA");
            assertThat(event.getString("thread")).isEqualTo("blocks");
            assertThat(event.getString("stack")).contains("CountDownLatch.await");
          });
    }
  }
}
