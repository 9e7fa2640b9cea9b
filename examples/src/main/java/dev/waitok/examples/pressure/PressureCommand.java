package dev.waitok.examples.pressure;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.report.Amount;
import dev.waitok.examples.report.Progress;
import dev.waitok.examples.report.Table;
import dev.waitok.examples.trace.BundledTraces;
import dev.waitok.examples.trace.Trace;
import dev.waitok.examples.trace.TraceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Shows what an allocator does when memory is short: a load over time, then each promise tried,
 * with its figure and the bound it is held against.
 *
 * <pre>java -jar examples/target/waitok-examples.jar pressure --plot pressure.svg</pre>
 */
@Command(
    name = "pressure",
    description = "Shows what happens when memory is short, over time and promise by promise.",
    mixinStandardHelpOptions = true)
public final class PressureCommand implements Callable<Integer> {
  private static final int SHOWN_EVERY = 5;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "traces to load it with, gzip'd; those bundled unless given")
  private List<Path> files = List.of();

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      converter = DispatchOption.Reader.class,
      description = "of LWKT threads: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private DispatchOption dispatch = DispatchOption.AUTO;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "also draw memory over time to FILE, as SVG")
  private @Nullable Path plot;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public PressureCommand() {}

  @Override
  public Integer call() throws Exception {
    json.check(spec);
    Load load = new Load(dispatch, traces());
    List<Promise> promises = new ArrayList<>(Promise.all(dispatch));
    promises.addFirst(new Promise("load over time", load));
    List<ScenarioResult> results = new ArrayList<>();
    try (Progress shown = new Progress("pressure")) {
      for (Promise promise : promises) {
        results.add(promise.keep());
        shown.show(results.size(), promises.size(), "promises");
      }
    }
    json.write(new PressureFigures(load.dispatched(), results));
    if (plot != null) {
      Files.writeString(plot, new Plot(load.samples()).svg());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "dispatch %s%n%n%s%n%s", load.dispatched(), overTime(load.samples()), table(results));
    out.flush();
    return results.stream().allMatch(ScenarioResult::holds) ? 0 : 1;
  }

  private List<Trace> traces() throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (Path file : files) {
      traces.add(TraceReader.read(file));
    }
    if (traces.isEmpty()) {
      traces.add(BundledTraces.read(BundledTraces.COMPILER));
      traces.add(BundledTraces.read(BundledTraces.REPACK));
    }
    return traces;
  }

  private static Table overTime(List<Sample> samples) {
    Table table =
        new Table("ms", "live", "retained", "resident", "FREE", "CACHE", "level", "waiters");
    for (int i = 0; i < samples.size(); i += SHOWN_EVERY) {
      Sample s = samples.get(i);
      table.row(
          s.millis(),
          Amount.bytes(s.live()),
          Amount.bytes(s.retained()),
          Amount.bytes(s.resident()),
          s.free(),
          s.cache(),
          s.level(),
          s.waiters());
    }
    return table;
  }

  private static Table table(List<ScenarioResult> results) {
    Table table = new Table("promise", "holds", "figures");
    for (ScenarioResult result : results) {
      table.row(result.name(), result.holds() ? "yes" : "NO", text(result.figures()));
    }
    return table;
  }

  private static String text(Map<String, Number> figures) {
    return figures.entrySet().stream()
        .map(
            e ->
                e.getValue() instanceof Double d
                    ? String.format("%s %.2f", e.getKey(), d)
                    : String.format("%s %,d", e.getKey(), e.getValue().longValue()))
        .collect(Collectors.joining(", "));
  }
}
