package dev.waitok.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The option {@code --json FILE} of every program: the figures of its table, for programs. A file
 * that cannot be written is refused before the run, not after it.
 */
public final class JsonOption {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "also write the figures to FILE, as JSON")
  private @Nullable Path file;

  /** For the command line. */
  public JsonOption() {}

  /**
   * Refuses a file that cannot be written.
   *
   * @param command the command line
   * @throws ParameterException if it is a directory, or in none
   */
  public void check(CommandSpec command) {
    @Nullable Path path = file;
    if (path == null) {
      return;
    }
    @Nullable Path parent = path.toAbsolutePath().getParent();
    if (Files.isDirectory(path) || parent == null || !Files.isDirectory(parent)) {
      throw new ParameterException(
          command.commandLine(),
          "--json: '" + path + "' cannot be written; a file in an existing directory is accepted");
    }
  }

  /**
   * Writes the figures, if asked for.
   *
   * @param figures a record
   * @throws IOException if the file cannot be written
   */
  public void write(Object figures) throws IOException {
    if (file != null) {
      String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(figures);
      Files.writeString(file, text + "\n");
    }
  }
}
