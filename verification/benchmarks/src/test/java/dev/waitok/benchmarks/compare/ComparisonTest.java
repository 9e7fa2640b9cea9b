package dev.waitok.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.waitok.benchmarks.compare.Comparison.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final Scores scores = new Scores();

  private static Task task(String id) {
    return new Task(id, "fork", Task.Kind.JMH_TIME, id, Map.of(), false);
  }

  private void round(double ours, double theirs, double other) {
    scores.newRound();
    scores.add("ours", ours);
    scores.add("theirs", theirs);
    scores.add("other", other);
  }

  /** In each round ours is compared with theirs of that round; the medians do not do so. */
  @Test
  void ratioIsTheMedianOfTheRoundsRatios() {
    round(10, 10, 50);
    round(30, 20, 50);
    round(20, 40, 50);
    Verdict verdict = comparison(1.0).judge(scores);
    assertThat(verdict.row().ours()).isEqualTo(20);
    assertThat(verdict.row().theirs()).isEqualTo(20);
    assertThat(verdict.row().ratio()).isEqualTo(1.0);
    assertThat(verdict.holds()).isTrue();
    assertThat(comparison(0.9).judge(scores).holds()).isFalse();
  }

  @Test
  void theBestOfSomePeersCounts() {
    round(10, 40, 20);
    Comparison row =
        Comparison.against("w", "p", 1, task("ours"), List.of(task("theirs"), task("other")));
    assertThat(row.judge(scores).row().ratio()).isEqualTo(0.5);
  }

  @Test
  void theWorstRowIsNamed() {
    round(10, 40, 5);
    Comparison good = Comparison.against("good", "p", 1, task("ours"), task("theirs"));
    Comparison bad = Comparison.against("bad", "p", 1, task("ours"), task("other"));
    Verdict worst = Comparison.worst("any", "p", 1.3, List.of(good, bad)).judge(scores);
    assertThat(worst.row().work()).isEqualTo("any");
    assertThat(worst.which()).isEqualTo("bad");
    assertThat(worst.row().ratio()).isEqualTo(2);
    Row mean = Comparison.mean("mean", "p", 1, List.of(good, bad)).judge(scores).row();
    assertThat(mean.ratio()).isCloseTo(Math.sqrt(0.25 * 2), within(1e-9));
  }

  @Test
  void whatWasMeasuredOnceCountsInEveryRound() {
    round(10, 40, 5);
    scores.newRound();
    scores.add("ours", 20);
    assertThat(comparison(1).judge(scores).row().ratio()).isEqualTo((0.25 + 0.5) / 2);
  }

  private static Comparison comparison(double bound) {
    return Comparison.against("w", "p", bound, task("ours"), task("theirs"));
  }
}
