package dev.waitok.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The command line: {@code java -jar nowait-audit.jar JAR|FOLDER...} prints a line for each
 * finding.
 */
public final class Main {
  private static final int FOUND = 1;
  private static final int BAD_INPUT = 2;

  private Main() {}

  /**
   * Checks what is named and exits with 0, with 1 if anything was found, or with 2 if something
   * cannot be read.
   *
   * @param args jars, folders and class files
   */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    if (args.length == 0) {
      err.println("usage: nowait-audit JAR|FOLDER|CLASS...");
      return BAD_INPUT;
    }
    try {
      List<Finding> findings = Checker.check(Arrays.stream(args).map(Path::of).toList());
      findings.forEach(out::println);
      out.println(findings.size() + " findings");
      return findings.isEmpty() ? 0 : FOUND;
    } catch (NoSuchFileException e) {
      err.println("nowait-audit: there is no such file or folder: " + e.getFile());
      return BAD_INPUT;
    } catch (IOException e) {
      err.println("nowait-audit: " + e);
      return BAD_INPUT;
    }
  }
}
