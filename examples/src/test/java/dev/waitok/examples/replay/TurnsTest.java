package dev.waitok.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void nobodyRunsFurtherAheadThanTheWindow() {
    Turns turns = new Turns(2);
    turns.reach(0, 0);
    turns.reach(1, Turns.WINDOW);
    assertThat(turns.mayStart(Turns.WINDOW)).isTrue();
    assertThat(turns.mayStart(Turns.WINDOW + 1)).isFalse();
    turns.reach(0, 5);
    assertThat(turns.mayStart(Turns.WINDOW + 5)).isTrue();
    assertThat(turns.mayStart(Turns.WINDOW + 6)).isFalse();
  }

  @Test
  void aThreadThatHasEndedHoldsNobodyUp() {
    Turns turns = new Turns(2);
    turns.finish(0);
    turns.reach(1, 1_000_000);
    assertThat(turns.mayStart(1_000_000)).isTrue();
    turns.finish(1);
    assertThat(turns.oldest()).isEqualTo(Integer.MAX_VALUE);
  }
}
