package dev.waitok.examples.timeline;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Makes a page of a flight recording of any program that uses the library. The program records with
 *
 * <pre>jcmd PID JFR.start +dev.waitok.Run#enabled=true +dev.waitok.Pages#enabled=true</pre>
 */
@Command(
    name = "report",
    description =
        "Makes a page, RECORDING.jfr.html, of a flight recording that has events dev.waitok.Run and"
            + " dev.waitok.Pages.",
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RECORDING.jfr", description = "what to read")
  private Path recording = Path.of("");

  @Option(names = "--html", paramLabel = "FILE", description = "where the page goes")
  private @Nullable Path html;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(recording)) {
      throw new ParameterException(spec.commandLine(), "'" + recording + "' is no file");
    }
    Path page = html == null ? RecordedRun.page(recording) : html;
    RecordedRun.check(spec.commandLine(), page);
    @Nullable Path traceEvents =
        spec.commandLine().getParseResult().matchedOptionValue(TimelineOption.NAME, null);
    int runs;
    try {
      String title = String.valueOf(recording.getFileName());
      runs = Pictures.write(recording, title, page, traceEvents);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), recording + " is no flight recording: " + e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %,d runs%n", page, runs);
    if (runs == 0) {
      out.println("it has no dev.waitok.Run event: record with +dev.waitok.Run#enabled=true");
    }
    out.flush();
    return 0;
  }
}
