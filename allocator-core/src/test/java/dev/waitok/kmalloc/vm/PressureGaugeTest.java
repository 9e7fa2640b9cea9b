package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Worse at a mark, better an eighth above it. */
class PressureGaugeTest {
  private final PressureGauge gauge = new PressureGauge(new Levels(4, 16, 32, 64));

  private int at(int available) {
    gauge.see(available);
    return gauge.level();
  }

  @Test
  void isWorseOnceAMarkIsUndercut() {
    assertThat(at(64)).isEqualTo(PressureGauge.NONE);
    assertThat(at(63)).isEqualTo(PressureGauge.TARGET);
    assertThat(at(32)).isEqualTo(PressureGauge.TARGET);
    assertThat(at(31)).isEqualTo(PressureGauge.MIN);
    assertThat(at(16)).isEqualTo(PressureGauge.MIN);
    assertThat(at(15)).isEqualTo(PressureGauge.SEVERE);
    assertThat(at(0)).isEqualTo(PressureGauge.SEVERE);
  }

  @Test
  void isBetterAnEighthAboveTheMark() {
    assertThat(at(0)).isEqualTo(PressureGauge.SEVERE);
    assertThat(at(17)).isEqualTo(PressureGauge.SEVERE);
    assertThat(at(18)).isEqualTo(PressureGauge.MIN);
    assertThat(at(35)).isEqualTo(PressureGauge.MIN);
    assertThat(at(36)).isEqualTo(PressureGauge.TARGET);
    assertThat(at(71)).isEqualTo(PressureGauge.TARGET);
    assertThat(at(72)).isEqualTo(PressureGauge.NONE);
  }

  @Test
  void goesSeveralStepsAtOnce() {
    assertThat(at(0)).isEqualTo(PressureGauge.SEVERE);
    assertThat(at(1000)).isEqualTo(PressureGauge.NONE);
    assertThat(at(20)).isEqualTo(PressureGauge.MIN);
  }

  @Test
  void announcesEachChangeOnce() {
    assertThat(gauge.unannounced()).isFalse();
    gauge.see(100);
    assertThat(gauge.unannounced()).as("nothing has changed").isFalse();
    gauge.see(40);
    assertThat(gauge.unannounced()).isTrue();
    assertThat(gauge.announce()).isEqualTo(PressureGauge.TARGET);
    assertThat(gauge.unannounced()).isFalse();
    gauge.see(41);
    assertThat(gauge.unannounced()).isFalse();
  }
}
