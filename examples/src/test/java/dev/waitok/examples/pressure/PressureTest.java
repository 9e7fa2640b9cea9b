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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every promise of the program holds, and what it writes says so. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PressureTest {
  /** Promises that name a time: the program holds them to it, a test on a busy machine does not. */
  private static final List<String> CLOCKED =
      List.of("given back", "no stall", "fair waits", "virtual threads", "pageout", "exhaustion");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"direct", "portable"})
  void everyPromiseWithoutAClockHolds(String dispatch) throws IOException {
    Path plot = directory.resolve("plot.svg");
    ProgramRun run =
        new ProgramRun(directory, "pressure", "--dispatch", dispatch, "--plot", plot.toString());
    assertThat(run.status()).as(run.out()).isBetween(0, 1); // 1: a promise with a clock is late
    JsonNode figures = run.figures(run.status());
    assertThat(ProgramRun.keys(figures)).containsExactly("dispatch", "scenarios");
    assertThat(figures.get("dispatch").asText()).isEqualTo(dispatch);
    List<String> names = new ArrayList<>();
    for (JsonNode scenario : figures.get("scenarios")) {
      assertThat(ProgramRun.keys(scenario)).containsExactly("name", "holds", "figures");
      if (!CLOCKED.contains(scenario.get("name").asText())) {
        assertThat(scenario.get("holds").asBoolean()).as("%s", scenario).isTrue();
      }
      assertThat(ProgramRun.keys(scenario.get("figures")))
          .anyMatch(
              key -> key.endsWith("AtMost") || key.endsWith("AtLeast") || key.endsWith("Exactly"));
      names.add(scenario.get("name").asText());
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
