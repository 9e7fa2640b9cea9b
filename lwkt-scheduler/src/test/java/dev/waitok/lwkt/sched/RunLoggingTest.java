package dev.waitok.lwkt.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The constant that says whether anybody logs. */
class RunLoggingTest {
  @Test
  void isOnWhileAnybodyLogs() {
    assertThat(RunLogging.isOn()).isFalse();
    RunLogging.begin();
    RunLogging.begin();
    assertThat(RunLogging.isOn()).isTrue();
    RunLogging.end();
    assertThat(RunLogging.isOn()).isTrue();
    RunLogging.end();
    assertThat(RunLogging.isOn()).isFalse();
  }
}
