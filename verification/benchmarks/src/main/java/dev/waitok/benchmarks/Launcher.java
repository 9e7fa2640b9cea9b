package dev.waitok.benchmarks;

import dev.waitok.benchmarks.compare.Child;
import dev.waitok.benchmarks.compare.CompareCommand;
import dev.waitok.examples.cli.OneLineErrors;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line: {@code compare}, and {@code jmh}, which passes everything to JMH.
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar compare --quick</pre>
 */
@Command(
    name = "waitok-benchmarks",
    description = "kmalloc and LWKT beside their peers; 'jmh ...' passes everything to JMH.",
    mixinStandardHelpOptions = true,
    version = "0.1.0-SNAPSHOT",
    subcommands = {CompareCommand.class, Child.class})
public final class Launcher {
  /** For the command line. */
  public Launcher() {}

  /**
   * Runs one command and exits with its status.
   *
   * @param args its name and options
   * @throws IOException if JMH cannot be started
   */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    if (args.length > 0 && args[0].equals("jmh")) {
      Main.main(Arrays.copyOfRange(args, 1, args.length));
    } else {
      System.exit(run(writer(System.out), writer(System.err), args));
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /**
   * Runs one command that is not JMH.
   *
   * @param out where its table goes
   * @param err where errors go
   * @param args its name and options
   * @return its status
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    OneLineErrors errors = new OneLineErrors();
    return new CommandLine(new Launcher())
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setOut(out)
        .setErr(err)
        .execute(args.length == 0 ? new String[] {"--help"} : args);
  }
}
