package dev.waitok.examples.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every promise of the program holds, and what it writes says so. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PressureTest {
  private static final List<String> BOUNDS = List.of("AtMost", "AtLeast", "Exactly");

  /**
   * Figures that are times, or of a moment that is named by a time: the program holds them to their
   * bounds, a test on a busy machine does not.
   */
  private static final Pattern CLOCKED =
      Pattern.compile("(?i).*(seconds|millis|micros|nanos).*|resident|keptOfDeadThreads");

  @TempDir private Path directory;

  @TestFactory
  Stream<DynamicTest> everyPromiseIsHeldToItsBoundsButThoseOfAClock() throws IOException {
    List<DynamicTest> all = new ArrayList<>();
    for (String dispatch : List.of("direct", "portable")) {
      Path plot = directory.resolve(dispatch + ".svg");
      ProgramRun run =
          new ProgramRun(directory, "pressure", "--dispatch", dispatch, "--plot", plot.toString());
      assertThat(run.status()).as(run.out()).isBetween(0, 1); // 1: a promise with a clock is late
      JsonNode figures = run.figures(run.status());
      assertThat(ProgramRun.keys(figures)).containsExactly("dispatch", "scenarios");
      assertThat(figures.get("dispatch").asText()).isEqualTo(dispatch);
      List<String> names = new ArrayList<>();
      for (JsonNode scenario : figures.get("scenarios")) {
        String name = scenario.get("name").asText();
        names.add(name);
        all.add(DynamicTest.dynamicTest(dispatch + ": " + name, () -> hold(dispatch, scenario)));
      }
      assertThat(names)
          .containsExactly(
              "load over time",
              "dirty pages",
              "pageout",
              "reclaimers",
              "fair waits",
              "event loops",
              "back-pressure",
              "given back",
              "no stall",
              "exhaustion",
              "virtual threads");
      assertThat(run.out()).contains("resident", "waiters", "yes");
      assertThat(Files.readString(plot)).startsWith("<svg ").contains("resident", "waiters");
    }
    return all.stream();
  }

  private static void hold(String dispatch, JsonNode scenario) {
    System.out.printf("%s: %s%n", dispatch, scenario);
    assertThat(ProgramRun.keys(scenario)).containsExactly("name", "holds", "figures");
    JsonNode figures = scenario.get("figures");
    int held = 0;
    for (String key : ProgramRun.keys(figures)) {
      for (String bound : BOUNDS) {
        String figure = key.endsWith(bound) ? key.substring(0, key.length() - bound.length()) : "";
        if (!figure.isEmpty() && !CLOCKED.matcher(figure).matches()) {
          held++;
          double value = figures.get(figure).asDouble();
          double limit = figures.get(key).asDouble();
          boolean within =
              switch (bound) {
                case "AtMost" -> value <= limit;
                case "AtLeast" -> value >= limit;
                default -> value == limit;
              };
          assertThat(within).as("%s %s: %s", key, limit, scenario).isTrue();
        }
      }
    }
    assertThat(held).as("bounds of %s", scenario.get("name")).isPositive();
  }

  @Test
  void aFigureOutsideItsBoundIsSeen() {
    assertThat(new Figures("f").atMost("a", 2, 2).atLeast("b", 2.0, 2).result().holds()).isTrue();
    assertThat(new Figures("f").atMost("a", 3, 2).atLeast("b", 2, 2).result().holds()).isFalse();
    assertThat(new Figures("f").atMost("a", 2, 2).atLeast("b", 1, 2).result().holds()).isFalse();
    assertThat(new Figures("f").exactly("a", 2, 2).result().holds()).isTrue();
    assertThat(new Figures("f").exactly("a", 1, 2).result().holds()).isFalse();
  }

  @Test
  void twoFiguresOfOneNameAreRefused() {
    assertThatThrownBy(() -> new Figures("f").figure("a", 1).atMost("a", 1, 2))
        .hasMessage("two figures of one name: a");
  }
}
