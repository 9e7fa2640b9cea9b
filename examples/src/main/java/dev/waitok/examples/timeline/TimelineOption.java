package dev.waitok.examples.timeline;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option {@code --timeline FILE} of every program. */
public final class TimelineOption {
  /** Its name. */
  static final String NAME = "--timeline";

  @Option(
      names = NAME,
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "also write who ran when to FILE, as trace events for Perfetto or chrome://tracing, and a"
              + " page beside it, FILE.html; gzip'd if FILE ends in .gz")
  private @Nullable Path file;

  /** For the command line. */
  public TimelineOption() {}

  @Nullable Path file() {
    return file;
  }
}
