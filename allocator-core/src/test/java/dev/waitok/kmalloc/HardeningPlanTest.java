package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code -Ddev.waitok.hardened} says. */
class HardeningPlanTest {
  private final HardeningPlan built = new HardeningPlan();

  @Test
  void typesAndAllAndTheirOptions() {
    HardeningPlan plan = built.with("all:sample=1000, mbuf:zero, ccb:sample=2:fail=3");
    assertThat(plan.of("any")).isEqualTo(Hardening.sampled(1000));
    assertThat(plan.of("mbuf")).isEqualTo(Hardening.FULL.withZeroing());
    assertThat(plan.of("ccb")).isEqualTo(Hardening.sampled(2).withFailures(3));
    assertThat(built.with("ccb").of("mbuf")).isNull();
  }

  @Test
  void thePropertyGoesBeforeWhatWasBuilt() {
    built.type("ccb", Hardening.FULL);
    built.type("mbuf", Hardening.FULL);
    HardeningPlan plan = built.with("ccb:sample=7");
    assertThat(plan.of("ccb")).isEqualTo(Hardening.sampled(7));
    assertThat(plan.of("mbuf")).isEqualTo(Hardening.FULL);
    assertThat(built.with("off").isEmpty()).isTrue();
    assertThat(built.with(null).of("ccb")).isEqualTo(Hardening.FULL);
    assertThat(new HardeningPlan().with("").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"all:sample=0", "all:sample=x", "all:sample", "all:zeros", ":zero", "a,,b", "a:"})
  void whatItDoesNotSayIsRefusedWithItsName(String value) {
    assertThatThrownBy(() -> built.with(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-Ddev.waitok.hardened=" + value)
        .hasMessageContaining("is refused");
  }
}
