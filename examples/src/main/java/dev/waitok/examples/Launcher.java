package dev.waitok.examples;

import dev.waitok.examples.cli.OneLineErrors;
import dev.waitok.examples.decisions.DecisionsCommand;
import dev.waitok.examples.memcached.MemcachedCommand;
import dev.waitok.examples.pressure.PressureCommand;
import dev.waitok.examples.replay.ReplayCommand;
import dev.waitok.examples.soak.SoakCommand;
import dev.waitok.examples.storm.StormCommand;
import dev.waitok.examples.timeline.RecordedRun;
import dev.waitok.examples.timeline.ReportCommand;
import dev.waitok.examples.timeline.TimelineOption;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The command line of the example programs: {@code storm} (also when no program is named), {@code
 * replay}, {@code decisions}, {@code pressure}, {@code soak}, {@code memcached} and {@code report}.
 * From the root of the project:
 *
 * <pre>mvn -q -Prun -DskipTests package -Dargs="storm --help"</pre>
 */
@Command(
    name = "waitok",
    description = "Programs that run WAITOK on real input. Without a name, storm runs.",
    mixinStandardHelpOptions = true,
    version = "0.1.0-SNAPSHOT",
    subcommands = {
      StormCommand.class,
      ReplayCommand.class,
      DecisionsCommand.class,
      PressureCommand.class,
      SoakCommand.class,
      MemcachedCommand.class,
      ReportCommand.class
    })
public final class Launcher {
  private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  @Mixin private TimelineOption timeline = new TimelineOption();

  /** For the command line. */
  public Launcher() {}

  /**
   * Runs one program and exits with its status.
   *
   * @param args the name of the program and its options
   */
  public static void main(String[] args) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    System.exit(run(writer(System.out), writer(System.err), args));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /**
   * Runs one program.
   *
   * @param out where its table goes
   * @param err where errors go
   * @param args the name of the program and its options
   * @return 0, 1 if it found corruption or a leak, 2 for bad arguments
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    OneLineErrors errors = new OneLineErrors();
    Launcher launcher = new Launcher();
    return new CommandLine(launcher)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setExecutionStrategy(new RecordedRun(launcher.timeline))
        .setOut(out)
        .setErr(err)
        .execute(withProgram(args));
  }

  /** Options without a program's name are storm's, except the launcher's own. */
  private static String[] withProgram(String... args) {
    if (args.length > 0 && (!args[0].startsWith("-") || OWN_OPTIONS.contains(args[0]))) {
      return args;
    }
    List<String> all = new ArrayList<>(List.of("storm"));
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }
}
