package dev.waitok.examples.cli;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What goes wrong, in one line on the error stream. Bad arguments and unusable files end with
 * status 2; a defect of the program itself shows where it is and ends with status 1.
 */
public final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** The exit status of bad arguments and unusable files. */
  public static final int BAD_INPUT = 2;

  /** The exit status of a run that found corruption or a leak, or broke. */
  public static final int BAD_RUN = 1;

  /** For the command line. */
  public OneLineErrors() {}

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String text = String.valueOf(e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> names = unmatched.getUnmatched();
      text = "'" + names.getFirst() + "' is not known here; " + accepted(command.getCommandSpec());
    } else if (e instanceof MissingParameterException) {
      text += "; " + accepted(command.getCommandSpec());
    }
    say(command, text);
    return BAD_INPUT;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed)
      throws Exception {
    if (e instanceof IOException) {
      say(command, String.valueOf(e.getMessage()));
      return BAD_INPUT;
    }
    throw e;
  }

  /**
   * Says one line on the error stream.
   *
   * @param command who says it
   * @param text what is wrong
   */
  public static void say(CommandLine command, String text) {
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + text.replaceAll("\\s*\\R\\s*", " "));
    command.getErr().flush();
  }

  private static String accepted(CommandSpec spec) {
    if (!spec.subcommands().isEmpty()) {
      return spec.subcommands().keySet().stream()
          .collect(Collectors.joining(", ", "accepted are the programs ", ""));
    }
    String options =
        spec.options().stream()
            .map(option -> option.longestName())
            .collect(Collectors.joining(", ", "accepted are ", ""));
    return spec.positionalParameters().isEmpty()
        ? options
        : options + " and " + spec.positionalParameters().getFirst().paramLabel();
  }
}
