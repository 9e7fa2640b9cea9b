package dev.waitok.benchmarks.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * How a row is made: what has to be measured, and what is made of the numbers.
 *
 * @param work what is done
 * @param peer against whom
 * @param unit of the figures
 * @param bound the highest ratio that is wanted; NaN for none
 * @param tasks what has to be measured
 * @param ours our figure in a round
 * @param theirs the peer's
 * @param parts for a row that shows the worst of others, those
 */
record Comparison(
    String work,
    String peer,
    String unit,
    double bound,
    Set<Task> tasks,
    ToDoubleFunction<Scores.Round> ours,
    ToDoubleFunction<Scores.Round> theirs,
    List<Comparison> parts) {

  /** Against the best of some. */
  static Comparison against(String work, String peer, double bound, Task ours, List<Task> theirs) {
    Set<Task> tasks = new LinkedHashSet<>(List.of(ours));
    tasks.addAll(theirs);
    return new Comparison(
        work,
        peer,
        "ns",
        bound,
        tasks,
        round -> round.of(ours),
        round -> round.best(theirs),
        List.of());
  }

  static Comparison against(String work, String peer, double bound, Task ours, Task theirs) {
    return against(work, peer, bound, ours, List.of(theirs));
  }

  /** Against a limit. */
  static Comparison limit(
      String work, String peer, String unit, double bound, Task ours, double limit) {
    return new Comparison(
        work, peer, unit, bound, Set.of(ours), r -> r.of(ours), r -> limit, List.of());
  }

  /** The geometric means of other rows' figures. */
  static Comparison mean(String work, String peer, double bound, List<Comparison> parts) {
    return new Comparison(
        work,
        peer,
        "ns",
        bound,
        tasks(parts),
        round -> mean(parts, round, Comparison::ours),
        round -> mean(parts, round, Comparison::theirs),
        List.of());
  }

  /** Sums of what was measured. */
  static Comparison sums(
      String work, String peer, String unit, double bound, List<Task> ours, List<Task> theirs) {
    Set<Task> tasks = new LinkedHashSet<>(ours);
    tasks.addAll(theirs);
    return new Comparison(
        work, peer, unit, bound, tasks, r -> sum(r, ours), r -> sum(r, theirs), List.of());
  }

  /** The worst of other rows. */
  static Comparison worst(String work, String peer, double bound, List<Comparison> parts) {
    return new Comparison(work, peer, "ns", bound, tasks(parts), r -> 0, r -> 0, parts);
  }

  Comparison in(String otherUnit) {
    return new Comparison(work, peer, otherUnit, bound, tasks, ours, theirs, parts);
  }

  private static Set<Task> tasks(Collection<Comparison> parts) {
    Set<Task> tasks = new LinkedHashSet<>();
    parts.forEach(part -> tasks.addAll(part.tasks()));
    return tasks;
  }

  private static double sum(Scores.Round round, List<Task> tasks) {
    return tasks.stream().mapToDouble(round::of).sum();
  }

  private static double mean(
      List<Comparison> parts,
      Scores.Round round,
      Function<Comparison, ToDoubleFunction<Scores.Round>> side) {
    return Ratios.geometricMean(
        parts.stream().mapToDouble(part -> side.apply(part).applyAsDouble(round)).toArray());
  }

  /** Makes the row. */
  Verdict judge(Scores scores) {
    if (!parts.isEmpty()) {
      return worst(scores);
    }
    Row row =
        new Row(
            work,
            peer,
            Ratios.median(scores.each(ours)),
            Ratios.median(scores.each(theirs)),
            unit,
            Ratios.median(
                scores.each(r -> Ratios.ratio(ours.applyAsDouble(r), theirs.applyAsDouble(r)))));
    return new Verdict(row, bound, "");
  }

  private Verdict worst(Scores scores) {
    List<Verdict> verdicts = new ArrayList<>();
    parts.forEach(part -> verdicts.add(part.judge(scores)));
    Row of =
        verdicts.stream()
            .map(Verdict::row)
            .max(Comparator.comparingDouble(Row::ratio))
            .orElseThrow();
    Row row = new Row(work, peer, of.ours(), of.theirs(), of.unit(), of.ratio());
    return new Verdict(row, bound, of.work());
  }

  /**
   * A row and what it is held against.
   *
   * @param row the row
   * @param bound the highest ratio that is wanted; NaN for none
   * @param which for a row that shows the worst of others, which one that is
   */
  record Verdict(Row row, double bound, String which) {
    boolean isBound() {
      return !Double.isNaN(bound);
    }

    boolean holds() {
      return !(row.ratio() > bound);
    }
  }
}
