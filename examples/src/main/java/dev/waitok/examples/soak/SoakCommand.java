package dev.waitok.examples.soak;

import dev.waitok.examples.cli.Choice;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.cli.OneLineErrors;
import dev.waitok.examples.report.Amount;
import dev.waitok.examples.report.Table;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.SimulationFailure;
import dev.waitok.lwkt.sim.Strategy;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A storm with random faults for long, in each dispatch mode: nothing lost, nothing corrupted,
 * memory back to its start.
 *
 * <pre>mvn -Psoak verify</pre>
 */
@Command(
    name = "soak",
    description =
        "A storm in which memory is refused, reads fail or are slow, handlers throw and threads"
            + " are cancelled, for long, in each dispatch mode.",
    mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {
  /** Rounds of real threads take so long, and then begin with new threads. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** Runs of a simulation between two looks at the clock. */
  private static final int RUNS = 20;

  /** Where a dispatch mode's threads are. */
  enum Mode {
    DIRECT,
    PORTABLE,
    SIMULATED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Reads one on the command line. */
  static final class ModeReader extends Choice<Mode> {
    ModeReader() {
      super(Mode.values());
    }
  }

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "for each mode, such as 10 or 0.5 (${DEFAULT-VALUE})")
  private double minutes = 10;

  @Option(names = "--seed", paramLabel = "N", description = "of all choices (from the clock)")
  private @Nullable Long seed;

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      split = ",",
      converter = ModeReader.class,
      description = "the modes: ${COMPLETION-CANDIDATES} (all)")
  private List<Mode> modes = new ArrayList<>(List.of(Mode.values()));

  @Option(
      names = "--replay",
      paramLabel = "TOKEN",
      description = "one run of the simulation that failed, step by step, and nothing else")
  private @Nullable String token;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public SoakCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!(minutes > 0 && minutes <= 60 * 24)) {
      throw new ParameterException(
          spec.commandLine(), "--minutes: " + minutes + " is refused; up to 1440 is accepted");
    }
    json.check(spec);
    PrintWriter out = spec.commandLine().getOut();
    @Nullable String replayed = token;
    if (replayed != null) {
      Exploration _ = Simulation.of(Strategy.replay(replayed)).run(run -> simulated(run, null));
      out.println("soak: the run of " + replayed + " breaks no promise");
      return 0;
    }
    long start = seed == null ? System.nanoTime() : seed;
    out.printf("soak: %s, %.2f minutes each, --seed %d%n", modes, minutes, start);
    out.flush();
    List<SoakFigures> figures = new ArrayList<>();
    for (Mode mode : modes) {
      SoakFigures of = soak(mode, start);
      figures.add(of);
      of.broken.forEach(promise -> out.printf("soak: %s BROKE: %s%n", mode, promise));
    }
    json.write(figures);
    print(out, figures);
    return figures.stream().allMatch(f -> f.broken.isEmpty()) ? 0 : OneLineErrors.BAD_RUN;
  }

  private SoakFigures soak(Mode mode, long start) throws Exception {
    SoakFigures figures = new SoakFigures(mode.toString());
    long from = System.nanoTime();
    long nanos = (long) (minutes * 60e9);
    switch (mode) {
      case DIRECT -> real(figures, Dispatch.DIRECT, start, from + nanos);
      case PORTABLE -> real(figures, Dispatch.PORTABLE, start, from + nanos);
      case SIMULATED -> simulations(figures, start, from + nanos);
    }
    figures.seconds = (System.nanoTime() - from) / 1_000_000_000;
    return figures;
  }

  /** One allocator for all rounds, so that what a round leaves is seen in the next one's memory. */
  private static void real(SoakFigures figures, Dispatch dispatch, long start, long end)
      throws Exception {
    long pages = new RealWorld(0, Duration.ZERO).scale().pages();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(pages * 4096).pageSize(4096).build()) {
      Memory memory = new Memory(kmalloc);
      figures.residentAtStart = memory.resident();
      for (long left = end - System.nanoTime();
          left > 0 && figures.broken.isEmpty();
          left = end - System.nanoTime()) {
        Duration time = Duration.ofNanos(Math.min(left, ROUND.toNanos()));
        World world = new RealWorld(start + figures.rounds, time);
        figures.add(new Round(world, kmalloc, dispatch).run());
        figures.broken.addAll(memory.differences());
        if (!memory.trims()) {
          figures.broken.add("resident after trim: " + memory.resident());
        }
        figures.residentAtEnd = memory.resident();
      }
    }
  }

  private static void simulations(SoakFigures figures, long start, long end) {
    for (long first = start; System.nanoTime() - end < 0; first += RUNS) {
      Strategy strategy =
          (first - start) / RUNS % 2 == 0
              ? Strategy.random(RUNS, first)
              : Strategy.pct(RUNS, 3, first);
      try {
        Exploration _ = Simulation.of(strategy).run(run -> simulated(run, figures));
      } catch (SimulationFailure e) {
        figures.broken.add(e.getMessage());
        return;
      }
    }
  }

  private static void simulated(Run run, @Nullable SoakFigures figures) throws Exception {
    World world = new SimulatedWorld(run);
    try (Kmalloc kmalloc =
        Kmalloc.builder().arena(world.scale().pages() * 4096L).pageSize(4096).build()) {
      Memory memory = new Memory(kmalloc);
      Tally tally = new Round(world, kmalloc, Dispatch.AUTO).run();
      SoakFigures of = figures == null ? new SoakFigures("simulated") : figures;
      of.add(tally);
      of.broken.addAll(memory.differences());
      if (!of.broken.isEmpty()) {
        throw new IllegalStateException(String.join("; ", of.broken), tally.failure());
      }
    }
  }

  private static void print(PrintWriter out, List<SoakFigures> all) {
    Table table =
        new Table(
            "dispatch",
            "time",
            "rounds",
            "requests",
            "served",
            "refused",
            "aborted",
            "switched",
            "blocks",
            "pages read",
            "reads failed",
            "cancelled",
            "faults",
            "corruption",
            "resident",
            "at the end",
            "broken");
    for (SoakFigures f : all) {
      table.row(
          f.dispatch,
          f.seconds + " s",
          f.rounds,
          f.raised,
          f.served,
          f.refused,
          f.aborted,
          f.switched,
          f.blocks,
          f.pagesRead,
          f.readsFailed,
          f.cancelled,
          f.faults,
          f.corruption,
          Amount.bytes(f.residentAtStart),
          Amount.bytes(f.residentAtEnd),
          f.broken.size());
    }
    out.printf("%n%s", table);
    out.flush();
  }
}
