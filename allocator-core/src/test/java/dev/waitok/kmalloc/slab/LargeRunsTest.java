package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LargeRunsTest {
  private final LargeRuns runs = new LargeRuns(20);

  @Test
  void knowsWhereARunBeginsHowLongItIsAndWhose() {
    runs.put(3, 5, 7);
    assertThat(runs.length(3)).isEqualTo(5);
    assertThat(runs.typeOf(3)).isEqualTo(7);
    assertThat(runs.length(4)).isZero();
    assertThat(runs.typeOf(4)).isZero();
    runs.put(9, 1, Zone.LARGEST_TYPE);
    assertThat(runs.length(9)).isEqualTo(1);
    assertThat(runs.typeOf(9)).isEqualTo(Zone.LARGEST_TYPE);
  }

  @Test
  void isClaimedOnceByItsLengthAndType() {
    runs.put(3, 5, 7);
    assertThat(runs.claim(3, 4, 7)).isFalse();
    assertThat(runs.claim(3, 5, 6)).isFalse();
    assertThat(runs.claim(4, 5, 7)).isFalse();
    assertThat(runs.claim(3, 5, 7)).isTrue();
    assertThat(runs.claim(3, 5, 7)).isFalse();
    assertThat(runs.length(3)).isZero();
  }

  @Test
  void findsTheRunAroundAPage() {
    runs.put(0, 1, 1);
    runs.put(3, 5, 7);
    assertThat(runs.runAround(0)).isZero();
    assertThat(runs.runAround(1)).isEqualTo(-1);
    assertThat(runs.runAround(3)).isEqualTo(3);
    assertThat(runs.runAround(7)).isEqualTo(3);
    assertThat(runs.runAround(8)).isEqualTo(-1);
    assertThat(new LargeRuns(3).runAround(2)).isEqualTo(-1);
  }
}
