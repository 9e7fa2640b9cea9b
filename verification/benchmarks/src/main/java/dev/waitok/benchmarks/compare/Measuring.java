package dev.waitok.benchmarks.compare;

import dev.waitok.examples.report.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures tasks round by round: in each round every fork runs once, in the same order. */
final class Measuring {
  private final Pace pace;
  private final Map<String, List<Task>> forks = new LinkedHashMap<>();

  Measuring(Collection<Task> tasks, Pace pace) {
    this.pace = pace;
    Map<String, Task> byId = new LinkedHashMap<>();
    for (Task task : tasks) {
      byId.merge(task.id(), task, (one, other) -> one.once() ? other : one);
    }
    for (Task task : byId.values()) {
      forks.computeIfAbsent(task.fork(), fork -> new ArrayList<>()).add(task);
    }
  }

  Scores run() throws IOException, InterruptedException {
    Scores scores = new Scores();
    Forks runner = new Forks(pace);
    int done = 0;
    try (Progress progress = new Progress("compare")) {
      for (int round = 0; round < pace.rounds(); round++) {
        scores.newRound();
        for (Map.Entry<String, List<Task>> fork : forks.entrySet()) {
          progress.show(done++, (long) pace.rounds() * forks.size(), "forks");
          boolean first = round == 0;
          List<Task> tasks =
              fork.getValue().stream().filter(task -> first || !task.once()).toList();
          if (!tasks.isEmpty()) {
            runner.run(fork.getKey(), tasks).forEach(scores::add);
          }
        }
      }
    }
    return scores;
  }
}
