package dev.waitok.benchmarks.compare;

import static dev.waitok.benchmarks.compare.Comparison.against;

import dev.waitok.benchmarks.compare.Task.Kind;
import dev.waitok.benchmarks.memcached.Load;
import dev.waitok.benchmarks.memcached.Program;
import dev.waitok.benchmarks.memcached.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The rows about the memcached example: a whole server beside the original one. */
final class MemcachedRows {
  private static final double NO_BOUND = Double.NaN;
  private static final String WORK = "memcached, get/set 1 KiB, ";

  /** Of both servers; holds the keys three times. */
  private static final long MEMORY = 64L << 20;

  static final int CONNECTIONS = 4;
  private static final int KEYS = 10_000;
  private static final int VALUE = 1024;

  /** Far above what any server does in a phase. */
  private static final long MOST_COMMANDS = 10_000_000;

  /** A server has more code than a workload to be compiled, and a tail needs many samples. */
  static final int LONGER = 7;

  private MemcachedRows() {}

  /**
   * The rows.
   *
   * @param original what the original says it is
   */
  static List<Comparison> rows(String original) {
    return List.of(
        row("throughput as time an operation", original, Kind.SERVER_TIME),
        row("p99.9 latency", original, Kind.SERVER_TAIL));
  }

  private static Comparison row(String figure, String original, Kind kind) {
    return against(
        WORK + figure,
        original,
        NO_BOUND,
        task(kind, Program.WAITOK),
        task(kind, Program.ORIGINAL));
  }

  /** Both tasks of a server are one load: they are measured once, in one fork. */
  private static Task task(Kind kind, Program program) {
    String fork = "memcached/" + program;
    return new Task(kind + "/" + program, fork, kind, program.name(), Map.of(), false);
  }

  /** Starts a server, loads it, and ends it. */
  static Load.Figures measure(Program program, Pace pace) throws IOException, InterruptedException {
    Load load =
        new Load(
            CONNECTIONS,
            KEYS,
            VALUE,
            MOST_COMMANDS,
            Duration.ofMillis((long) LONGER * (pace.warmUps() + pace.iterations()) * pace.millis()),
            Duration.ofMillis((long) LONGER * pace.iterations() * pace.millis()));
    try (Server server = Server.start(program, MEMORY)) {
      return load.put(server.port());
    }
  }
}
