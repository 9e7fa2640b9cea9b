package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.workload.GrowthBenchmark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows and the figure about what a pair costs when there is more of everything. */
final class GrowthRows {
  private static final double BOUND = 1.3;
  private static final long LARGE = 8192;
  private static final long SMALL = 64;

  /** What grows, and how far. */
  enum Axis {
    LIVE("live blocks"),
    ARENA("MiB of arena"),
    TYPES("types");

    final String title;

    Axis(String title) {
      this.title = title;
    }

    List<Integer> points() {
      return switch (this) {
        case LIVE -> List.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000);
        case ARENA -> List.of(16, 64, 512, 2048, 8192);
        case TYPES -> List.of(1, 10, 100, 1000);
      };
    }
  }

  private GrowthRows() {}

  static List<Comparison> rows() {
    return List.of(
        row("pair with 10,000,000 live blocks", "with 1,000", Axis.LIVE),
        row("pair with an 8 GiB arena", "with 16 MiB", Axis.ARENA),
        row("pair with 1,000 types in turn", "with 1", Axis.TYPES));
  }

  private static Comparison row(String work, String peer, Axis axis) {
    Task most = task(axis, axis.points().getLast());
    return Comparison.against(work, peer, BOUND, most, task(axis, axis.points().getFirst()));
  }

  /** The tasks of the whole figure; what lies between the ends is measured once. */
  static List<Task> figure() {
    List<Task> tasks = new ArrayList<>();
    for (Axis axis : Axis.values()) {
      for (int point : axis.points()) {
        tasks.add(task(axis, point).measuredOnce());
      }
    }
    return tasks;
  }

  static Task task(Axis axis, int point) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("live", "" + (axis == Axis.LIVE ? point : 1000));
    parameters.put("arena", "" + (axis == Axis.ARENA ? point : axis == Axis.LIVE ? LARGE : SMALL));
    parameters.put("types", "" + (axis == Axis.TYPES ? point : 1));
    return Task.of(GrowthBenchmark.class, "round", "growth/" + axis).with(parameters);
  }
}
