package dev.waitok.benchmarks.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What all tasks gave, round by round. */
final class Scores {
  private final List<Map<String, Double>> rounds = new ArrayList<>();

  /** Begins a round. */
  void newRound() {
    rounds.add(new HashMap<>());
  }

  /** Adds a number to the round that has begun. */
  void add(String id, double score) {
    rounds.getLast().put(id, score);
  }

  /** Whether a task gave a number in the first round; it may be missing in others. */
  boolean has(Task task) {
    return rounds.getFirst().containsKey(task.id());
  }

  /** One number for each round. */
  double[] each(ToDoubleFunction<Round> figure) {
    return rounds.stream().mapToDouble(round -> figure.applyAsDouble(new Round(round))).toArray();
  }

  /** The numbers of one round; what it lacks is that of the first. */
  final class Round {
    private final Map<String, Double> scores;

    private Round(Map<String, Double> scores) {
      this.scores = scores;
    }

    double of(Task task) {
      Double score = scores.get(task.id());
      score = score == null ? rounds.getFirst().get(task.id()) : score;
      if (score == null) {
        throw new IllegalStateException("not measured: " + task.id());
      }
      return score;
    }

    /** The lowest of some. */
    double best(List<Task> tasks) {
      return tasks.stream().mapToDouble(this::of).min().orElseThrow();
    }
  }
}
