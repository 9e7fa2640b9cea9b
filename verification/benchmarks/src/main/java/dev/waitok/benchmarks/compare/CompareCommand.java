package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.compare.Comparison.Verdict;
import dev.waitok.benchmarks.memcached.Program;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.cli.OneLineErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How do kmalloc and LWKT stand beside their peers and the floor, in one run?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar compare --quick</pre>
 */
@Command(
    name = "compare",
    description = "Measures ours and the peers in turn, and prints ratios.",
    mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
  @Option(
      names = "--quick",
      description = "the rows that have a bound and what they are made of, in about six minutes")
  private boolean quick;

  @Option(names = "--smoke", hidden = true, description = "runs everything for a moment")
  private boolean smoke;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "only rows in whose WORK, or WORK / PEER, this is found; writes no results")
  private @Nullable String only;

  @Option(
      names = "--traces",
      paramLabel = "FOLDER",
      description = "recordings to replay (${DEFAULT-VALUE}; the bundled ones if it is missing)")
  private Path traces = Path.of("..", "shared", "traces");

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description =
          "where the results are written, with a figure and JSON beside it" + " (${DEFAULT-VALUE})")
  private Path results = Path.of("docs", "benchmarks", "RESULTS.md");

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public CompareCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    json.check(spec);
    List<Comparison> rows = rows();
    Set<Task> tasks = new LinkedHashSet<>();
    rows.forEach(row -> tasks.addAll(row.tasks()));
    if (only == null) {
      tasks.addAll(GrowthRows.figure());
    }
    Pace pace = smoke ? Pace.SMOKE : quick ? Pace.QUICK : Pace.LONG;
    long start = System.nanoTime();
    Scores scores = new Measuring(tasks, pace).run();
    List<Comparison> missing =
        rows.stream().filter(row -> !row.tasks().stream().allMatch(scores::has)).toList();
    rows.removeAll(missing);
    for (Comparison row : missing) {
      OneLineErrors.say(spec.commandLine(), "not measured: " + row.work() + " / " + row.peer());
    }
    List<Verdict> verdicts = rows.stream().map(row -> row.judge(scores)).toList();
    Measured measured =
        new Measured(verdicts, scores, pace, Duration.ofNanos(System.nanoTime() - start));
    json.write(measured.figures());
    spec.commandLine().getOut().print(Report.table(verdicts));
    spec.commandLine().getOut().flush();
    if (only == null && missing.isEmpty()) {
      new Results(results, command()).write(measured);
    }
    return missing.isEmpty() ? 0 : OneLineErrors.BAD_RUN;
  }

  private List<Comparison> rows() throws IOException, InterruptedException {
    KmallocRows kmalloc = new KmallocRows(Traces.in(traces));
    List<Comparison> all = new ArrayList<>(kmalloc.table());
    all.addAll(GrowthRows.rows());
    all.addAll(SwitchRows.table());
    all.addAll(SwitchRows.others());
    if (!quick) {
      all.addAll(kmalloc.everything());
    }
    @Nullable String original = Program.originalVersion();
    List<Comparison> memcached = MemcachedRows.rows(original == null ? "memcached" : original);
    all.addAll(memcached);
    List<Comparison> rows = chosen(all);
    if (original == null && rows.removeAll(memcached)) {
      OneLineErrors.say(spec.commandLine(), "left out, as it is not installed: memcached");
    }
    return rows;
  }

  private List<Comparison> chosen(List<Comparison> all) {
    @Nullable String wanted = only;
    if (wanted == null) {
      return all;
    }
    try {
      return chosen(all, Pattern.compile(wanted));
    } catch (PatternSyntaxException e) {
      throw new ParameterException(
          spec.commandLine(), "--only: '" + wanted + "' is no regular expression", e);
    }
  }

  private List<Comparison> chosen(List<Comparison> all, Pattern pattern) {
    List<Comparison> rows =
        all.stream()
            .filter(
                row ->
                    pattern.matcher(row.work()).find()
                        || pattern.matcher(row.work() + " / " + row.peer()).find())
            .collect(Collectors.toCollection(ArrayList::new));
    if (rows.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--only: no row has '" + pattern + "' in it");
    }
    return rows;
  }

  private String command() {
    return "compare" + (quick ? " --quick" : "");
  }
}
