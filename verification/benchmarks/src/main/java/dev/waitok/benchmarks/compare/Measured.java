package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.compare.Comparison.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * What a run of {@code compare} has found.
 *
 * @param verdicts the rows
 * @param growth the scores of the growth figure's tasks; empty if they were not measured
 * @param pace how it was measured
 * @param time how long that took
 */
record Measured(List<Verdict> verdicts, Scores growth, Pace pace, Duration time) {
  /** What is written as JSON. */
  Figures figures() {
    return new Figures(verdicts.stream().map(Verdict::row).toList());
  }

  /**
   * The JSON's root.
   *
   * @param rows all rows
   */
  record Figures(List<Row> rows) {}
}
