package dev.waitok.examples.timeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs a program, and under {@code --timeline FILE} records it and writes who ran when. */
public final class RecordedRun implements IExecutionStrategy {
  private static final Duration SAMPLE_EVERY = Duration.ofMillis(20);

  private final TimelineOption option;

  /**
   * For a command line.
   *
   * @param option what it reads
   */
  public RecordedRun(TimelineOption option) {
    this.option = option;
  }

  @Override
  public int execute(ParseResult all) {
    ParseResult program = all.hasSubcommand() ? all.subcommand() : all;
    CommandLine command = program.commandSpec().commandLine();
    @Nullable Path file = option.file();
    if (file == null || program.commandSpec().userObject() instanceof ReportCommand) {
      return new RunLast().execute(all);
    }
    check(command, file);
    try {
      return record(all, program.commandSpec().name(), file);
    } catch (IOException e) {
      throw new ExecutionException(command, TimelineOption.NAME + ": " + e.getMessage(), e);
    }
  }

  /** Refuses a file that cannot be written, before the run. */
  static void check(CommandLine command, Path file) {
    @Nullable Path parent = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || parent == null || !Files.isDirectory(parent)) {
      throw new ParameterException(
          command,
          TimelineOption.NAME
              + ": '"
              + file
              + "' cannot be written; a file in an existing directory is accepted");
    }
  }

  private static int record(ParseResult all, String title, Path file) throws IOException {
    Path recorded = Files.createTempFile("waitok-timeline", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(RecordingReader.RUN);
      recording.enable(RecordingReader.PAGES).withPeriod(SAMPLE_EVERY);
      recording.start();
      int status = new RunLast().execute(all);
      recording.stop();
      recording.dump(recorded);
      int _ = Pictures.write(recorded, title, page(file), file);
      return status;
    } finally {
      Files.deleteIfExists(recorded);
    }
  }

  /** The page beside a file of trace events. */
  static Path page(Path file) {
    return file.resolveSibling(file.getFileName() + ".html");
  }
}
