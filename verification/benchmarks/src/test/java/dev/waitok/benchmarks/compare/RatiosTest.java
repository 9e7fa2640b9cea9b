package dev.waitok.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatiosTest {
  @Test
  void medianIsTheMiddleOne() {
    assertThat(Ratios.median(3, 1, 100)).isEqualTo(3);
    assertThat(Ratios.median(4, 1, 100, 2)).isEqualTo(3);
  }

  @Test
  void geometricMeanMultiplies() {
    assertThat(Ratios.geometricMean(2, 8)).isCloseTo(4, within(1e-9));
  }

  @Test
  void nothingHasNoMedian() {
    assertThatThrownBy(Ratios::median).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void againstNothingOursItselfCounts() {
    assertThat(Ratios.ratio(3, 2)).isEqualTo(1.5);
    assertThat(Ratios.ratio(3, 0)).isEqualTo(3);
  }
}
