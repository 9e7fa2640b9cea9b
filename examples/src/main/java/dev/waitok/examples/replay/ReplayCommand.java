package dev.waitok.examples.replay;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.cli.OneLineErrors;
import dev.waitok.examples.report.Amount;
import dev.waitok.examples.report.Table;
import dev.waitok.examples.trace.Trace;
import dev.waitok.examples.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Replays recorded allocation traces and checks every block: what a real program asks of an
 * allocator, with its peaks and its fragmentation. A file that cannot be used is reported with its
 * line; the others are replayed, and their figures are written, all the same.
 *
 * <pre>java -jar examples/target/waitok-examples.jar replay FILE... --threads platform</pre>
 */
@Command(
    name = "replay",
    description = "Replays allocation traces and checks every block.",
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "traces, gzip'd")
  private List<Path> files = List.of();

  @Option(
      names = "--threads",
      paramLabel = "KIND",
      converter = ThreadKind.Reader.class,
      description = "${COMPLETION-CANDIDATES}; one for each of the file's (${DEFAULT-VALUE})")
  private ThreadKind threads = ThreadKind.LWKT;

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      converter = DispatchOption.Reader.class,
      description = "of LWKT threads: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private DispatchOption dispatch = DispatchOption.AUTO;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public ReplayCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    json.check(spec);
    List<ReplayRun> runs = new ArrayList<>();
    int unusable = 0;
    for (Path file : files) {
      try {
        Trace trace = TraceReader.read(file);
        runs.add(new Replay(trace, threads, dispatch).run());
      } catch (IOException e) {
        unusable++;
        OneLineErrors.say(spec.commandLine(), String.valueOf(e.getMessage()));
      }
    }
    json.write(new ReplayFigures(runs));
    if (!runs.isEmpty()) {
      spec.commandLine().getOut().print(table(runs));
      spec.commandLine().getOut().flush();
    }
    boolean bad = runs.stream().anyMatch(run -> run.corruption() > 0 || run.leaks() > 0);
    return bad ? OneLineErrors.BAD_RUN : unusable > 0 ? OneLineErrors.BAD_INPUT : 0;
  }

  private static Table table(List<ReplayRun> runs) {
    Table table =
        new Table(
            "trace",
            "threads",
            "dispatch",
            "events",
            "live peak",
            "retained peak",
            "retained/live",
            "ns/op",
            "corruption",
            "leaks");
    for (ReplayRun run : runs) {
      table.row(
          run.file(),
          run.threads(),
          run.dispatch(),
          run.events(),
          Amount.bytes(run.livePeak()),
          Amount.bytes(run.retainedPeak()),
          String.format("%.2f", (double) run.retainedPeak() / Math.max(1, run.livePeak())),
          String.format("%.1f", run.nsPerOp()),
          run.corruption(),
          run.leaks());
    }
    return table;
  }
}
