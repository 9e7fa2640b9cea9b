package dev.waitok.examples.storm;

import dev.waitok.examples.cli.ByteSize;
import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.cli.OneLineErrors;
import dev.waitok.examples.report.Amount;
import dev.waitok.examples.report.Table;
import dev.waitok.examples.trace.BundledTraces;
import dev.waitok.examples.trace.Trace;
import dev.waitok.examples.trace.TraceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The main job. Memory is always short, and interrupts that preempt ask for some: with M_NOWAIT
 * they lose requests, with M_WAITOK they switch away instead and lose none.
 *
 * <pre>mvn -q -Prun -DskipTests package</pre>
 */
@Command(
    name = "storm",
    description = "Interrupts ask for memory while memory is short, under three policies.",
    mixinStandardHelpOptions = true)
public final class StormCommand implements Callable<Integer> {
  /**
   * Copies of the load on a cpu, half a round apart: what one frees at its end another one takes.
   */
  private static final int LOADS_A_CPU = 2;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "what ordinary threads replay (a bundled compiler's run)")
  private @Nullable Path trace;

  @Option(
      names = "--interrupts",
      paramLabel = "FILE",
      description = "the trace whose requests are interrupts (a bundled repack's)")
  private @Nullable Path interrupts;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "only the first N requests of the interrupts' trace (all)")
  private int requests = Integer.MAX_VALUE;

  @Option(
      names = "--arena",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "bytes of memory, such as 16M (from the traces)")
  private @Nullable Long arena;

  @Option(
      names = "--rate",
      paramLabel = "X",
      description = "requests come X times as fast as recorded (from the trace)")
  private @Nullable Double rate;

  @Option(names = "--cpus", paramLabel = "N", description = "how many cpus (${DEFAULT-VALUE})")
  private int cpus = Math.min(2, Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      converter = DispatchOption.Reader.class,
      description = "of LWKT threads: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private DispatchOption dispatch = DispatchOption.AUTO;

  @Option(
      names = "--audit",
      description = "only runs without wait, and tells which places that ask so could have waited")
  private boolean audit;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public StormCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    json.check(spec);
    StormInput input = input();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "storm: %s under %,d requests of %s%n", input.load(), input.requests(), input.interrupts());
    out.printf(
        "arena %s, rate %.3f (%s of requests), %d cpus%n",
        Amount.bytes(input.arena()),
        input.rate(),
        Amount.nanos((long) (input.interrupts().duration() * 1000.0 / input.rate())),
        input.cpus());
    out.flush();
    List<PolicyFigures> policies = new ArrayList<>();
    String dispatched = "";
    try (BackingFile file = new BackingFile(2 * input.arena())) {
      if (audit) {
        new Storm(input, Policy.NOWAIT, file).audited(table -> out.printf("%n%s%n", table)).run();
        out.flush();
        return 0;
      }
      // A rehearsal, so that the first policy is not measured while the code is compiled.
      new Storm(input, Policy.WAITOK, file).run();
      for (Policy policy : Policy.values()) {
        Storm.Result result = new Storm(input, policy, file).run();
        policies.add(result.figures());
        dispatched = result.dispatch();
      }
    }
    StormFigures figures = new StormFigures(dispatched, input.arena(), input.rate(), policies);
    json.write(figures);
    print(out, figures);
    boolean bad = policies.stream().anyMatch(p -> p.corruption() > 0 || p.leaks() > 0);
    return bad ? OneLineErrors.BAD_RUN : 0;
  }

  private StormInput input() throws IOException {
    Trace load =
        trace == null ? BundledTraces.read(BundledTraces.COMPILER) : TraceReader.read(trace);
    Trace raised =
        interrupts == null
            ? BundledTraces.read(BundledTraces.REPACK)
            : TraceReader.read(interrupts);
    refuseUnless(raised.requests() > 0, "--interrupts: " + raised.name() + " holds no request");
    refuseUnless(requests >= 1, "--requests: " + requests + " is too few; 1 or more is accepted");
    refuseUnless(cpus >= 1 && cpus <= 64, "--cpus: " + cpus + " is refused; 1 to 64 is accepted");
    int loads = LOADS_A_CPU * cpus;
    StormDefaults defaults = new StormDefaults(load, raised, loads);
    long bytes = arena == null ? defaults.arena() : arena;
    double factor = rate == null ? defaults.rate() : rate;
    refuseUnless(
        bytes >= defaults.smallestArena(),
        "--arena: "
            + bytes
            + " bytes are too few for these traces; "
            + defaults.smallestArena()
            + " or more are accepted");
    refuseUnless(
        factor > 0 && factor < 1e6,
        "--rate: " + factor + " is refused; 0 < X < 1000000 is accepted");
    return new StormInput(
        load, raised, Math.min(requests, raised.requests()), bytes, factor, loads, cpus, dispatch);
  }

  private void refuseUnless(boolean acceptable, String message) {
    if (!acceptable) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private static void print(PrintWriter out, StormFigures figures) {
    Table table =
        new Table(
            "policy",
            "requests",
            "dropped",
            "with CACHE",
            "switched",
            "then served",
            "reclaimed",
            "lowest FREE",
            "p50",
            "p99",
            "p99.9",
            "max",
            "corruption",
            "leaks");
    for (PolicyFigures p : figures.policies()) {
      table.row(
          p.policy(),
          p.requests(),
          p.dropped(),
          p.droppedWithCache(),
          p.switchedAway(),
          p.servedAfterSwitch(),
          p.reclaimedPages(),
          p.lowestFree(),
          Amount.nanos(p.p50Ns()),
          Amount.nanos(p.p99Ns()),
          Amount.nanos(p.p999Ns()),
          Amount.nanos(p.maxNs()),
          p.corruption(),
          p.leaks());
    }
    out.printf("dispatch %s%n%n%s", figures.dispatch(), table);
    out.flush();
  }
}
