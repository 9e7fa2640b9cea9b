package dev.waitok.benchmarks.compare;

import java.util.Arrays;

/** The arithmetic of comparisons. */
final class Ratios {
  private Ratios() {}

  /** The middle one; of an even number, the mean of the two in the middle. */
  static double median(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing has no median");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double geometricMean(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing has no mean");
    }
    double logarithms = 0;
    for (double value : values) {
      logarithms += Math.log(value);
    }
    return Math.exp(logarithms / values.length);
  }

  /** Ours by theirs; against nothing at all, ours itself. */
  static double ratio(double ours, double theirs) {
    return theirs == 0 ? ours : ours / theirs;
  }
}
