package dev.waitok.lwkt.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A JDK on which virtual threads do not run where they are told to, as a later one may be. */
class SelfTestTest {
  private static String refusal(UnaryOperator<Thread> carrier) {
    return new SelfTest(() -> carrier.apply(DirectAccess.currentCarrier())).test();
  }

  @Test
  void thisOneIsAsItShouldBe() {
    assertThat(refusal(carrier -> carrier)).isEmpty();
  }

  @Test
  void aThreadThatRunsElsewhereIsFound() {
    assertThat(refusal(carrier -> Thread.currentThread()))
        .isEqualTo("the self-test of direct dispatch failed: a thread does not run on its carrier");
  }

  @Test
  void aThreadThatDoesNotComeBackIsFound() {
    AtomicInteger looks = new AtomicInteger();
    assertThat(refusal(carrier -> looks.getAndIncrement() == 0 ? carrier : Thread.currentThread()))
        .isEqualTo(
            "the self-test of direct dispatch failed: a thread does not come back to its carrier");
  }

  @Test
  void aThreadWhoseChildrenTakeItsCarrierIsFound() {
    AtomicInteger looks = new AtomicInteger();
    Thread[] own = new Thread[1];
    assertThat(
            refusal(
                carrier -> {
                  own[0] = looks.getAndIncrement() == 0 ? carrier : own[0];
                  return own[0];
                }))
        .isEqualTo(
            "the self-test of direct dispatch failed:"
                + " a thread's virtual threads do not run on the default scheduler");
  }
}
