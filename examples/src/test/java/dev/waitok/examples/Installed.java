package dev.waitok.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.util.stream.Stream;

/** Programs that are not part of the project: a test that needs one is skipped where it is not. */
public final class Installed {
  private Installed() {}

  /** Skips the test if a program is not installed; where {@code WAITOK_CI} is set, fails it. */
  public static void require(String program) {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, program).canExecute());
    if (System.getenv("WAITOK_CI") == null) {
      assumeTrue(installed, "skipped: no " + program);
    }
    assertThat(installed).as("%s is installed", program).isTrue();
  }
}
