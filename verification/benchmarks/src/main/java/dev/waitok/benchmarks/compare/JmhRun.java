package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.compare.Task.Kind;
import java.util.Collection;
import java.util.Objects;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures a task by JMH inside this JVM, which is a fork already. */
final class JmhRun {
  private static final String OPERATIONS = "operations";
  private static final String GARBAGE = "gc.alloc.rate.norm";

  /** A sample of a wake-up takes up to a tenth of a millisecond: enough of them for a median. */
  private static final int LONGER_FOR_SAMPLES = 5;

  private JmhRun() {}

  static double measure(Task task, Pace pace) throws RunnerException {
    int longer = task.kind() == Kind.JMH_MEDIAN ? LONGER_FOR_SAMPLES : 1;
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(task.target()) + "$")
            .forks(0)
            .syncIterations(false)
            .warmupIterations(pace.warmUps())
            .warmupTime(TimeValue.milliseconds(pace.millis()))
            .measurementIterations(pace.iterations())
            .measurementTime(TimeValue.milliseconds((long) longer * pace.millis()))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    task.parameters().forEach(options::param);
    if (task.kind() == Kind.JMH_GARBAGE) {
      options.addProfiler(GCProfiler.class);
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException(task + ": " + results.size() + " results");
    }
    RunResult result = results.iterator().next();
    return switch (task.kind()) {
      case JMH_MEDIAN -> result.getPrimaryResult().getStatistics().getPercentile(50);
      case JMH_GARBAGE -> garbage(result);
      default -> time(result);
    };
  }

  /** The median of the iterations; that of an operation if the benchmark counts them itself. */
  private static double time(RunResult result) {
    return Ratios.median(
        result.getAggregatedResult().getIterationResults().stream()
            .mapToDouble(JmhRun::score)
            .toArray());
  }

  private static double score(IterationResult iteration) {
    Result<?> operations = iteration.getSecondaryResults().get(OPERATIONS);
    return operations == null ? iteration.getPrimaryResult().getScore() : operations.getScore();
  }

  /** JMH tells the bytes of an invocation. */
  private static double garbage(RunResult result) {
    double ofInvocation =
        Objects.requireNonNull(result.getSecondaryResults().get(GARBAGE), GARBAGE).getScore();
    double invocation = result.getPrimaryResult().getScore();
    return ofInvocation * time(result) / invocation;
  }
}
