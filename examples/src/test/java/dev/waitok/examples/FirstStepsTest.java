package dev.waitok.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FirstStepsTest {
  @Test
  void givesTheHandlerItsMemory() throws InterruptedException {
    assertThat(FirstSteps.firstPacket()).isEqualTo(1500);
  }

  @Test
  void isWhatTheReadmeShows() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    String shown = readme.substring(begin, readme.indexOf("```", begin));
    String source = Files.readString(Path.of("src/main/java/dev/waitok/examples/FirstSteps.java"));
    assertThat(withoutBlanks(shown)).isNotEmpty();
    assertThat(withoutBlanks(source)).contains(withoutBlanks(shown));
  }

  private static String withoutBlanks(String code) {
    return code.replaceAll("\\s+", "");
  }
}
