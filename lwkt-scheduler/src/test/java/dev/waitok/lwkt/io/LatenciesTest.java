package dev.waitok.lwkt.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Percentiles from buckets. */
class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void bucketsFollowEachOtherAndAreAnEighthWideAtMost() {
    long end = -1;
    for (int bucket = 0; end < Long.MAX_VALUE / 2; bucket++) {
      long first = end + 1;
      end = Latencies.endOf(bucket);
      assertThat(Latencies.bucketOf(first)).isEqualTo(bucket);
      assertThat(Latencies.bucketOf(end)).isEqualTo(bucket);
      assertThat(end - first).isLessThanOrEqualTo(first / 8);
    }
    long _ = Latencies.bucketOf(Long.MAX_VALUE);
    latencies.add(Long.MAX_VALUE);
    assertThat(latencies.percentile(100)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void nothingHasNoPercentile() {
    assertThat(latencies.percentile(50)).isZero();
    assertThat(latencies.longest()).isZero();
  }

  @Test
  void percentilesAreAtMostAnEighthTooHigh() {
    for (int i = 1; i <= 1000; i++) {
      latencies.add(i * 100L);
    }
    assertThat(latencies.percentile(50)).isBetween(50_000L, 56_250L);
    assertThat(latencies.percentile(99)).isBetween(99_000L, 100_000L);
    assertThat(latencies.percentile(100)).isEqualTo(100_000);
    assertThat(latencies.percentile(0)).isBetween(100L, 112L);
  }

  @Test
  void aClockThatGoesBackCountsAsNothing() {
    latencies.add(-5);
    assertThat(latencies.percentile(100)).isZero();
  }
}
