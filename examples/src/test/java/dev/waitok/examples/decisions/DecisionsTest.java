package dev.waitok.examples.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds what was measured against the decision table, which is written down here once more. */
class DecisionsTest {
  private static final List<String> BANDS = List.of("0", "1..I", "I..R", "aboveR");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "direct, waitok",
    "direct, reeval-off",
    "portable, waitok",
    "portable, reeval-off",
  })
  void everyStateMeetsWhatTheTableSays(String dispatch, String policy) throws IOException {
    ProgramRun run =
        new ProgramRun(directory, "decisions", "--dispatch", dispatch, "--policy", policy);
    JsonNode figures = run.figures(0);
    assertThat(ProgramRun.keys(figures)).containsExactly("dispatch", "policy", "cells");
    assertThat(figures.get("dispatch").asText()).isEqualTo(dispatch);
    assertThat(figures.get("policy").asText()).isEqualTo(policy);
    Set<String> states = new HashSet<>();
    for (JsonNode cell : figures.get("cells")) {
      assertThat(ProgramRun.keys(cell))
          .containsExactly(
              "flags",
              "preempting",
              "free",
              "cache",
              "outcome",
              "then",
              "freeBefore",
              "freeAfter",
              "cacheBefore",
              "cacheAfter");
      check(cell, policy);
      states.add(
          cell.get("flags").asText()
              + cell.get("preempting")
              + cell.get("free").asText()
              + cell.get("cache").asText());
    }
    assertThat(states).hasSize(80);
    assertThat(run.out()).contains("M_WAITOK|M_USE_RESERVE").contains("switch, ");
  }

  private static void check(JsonNode cell, String policy) {
    String flags = cell.get("flags").asText();
    boolean preempting = cell.get("preempting").asBoolean();
    boolean full = cell.get("cache").asText().equals("full");
    boolean mayWait = !flags.contains("NOWAIT");
    int depth = BANDS.indexOf(cell.get("free").asText());
    boolean granted = depth >= (preempting ? 1 : lowestBand(flags));
    String expected =
        granted ? "FREE" : !mayWait ? "null" : preempting ? "switch" : full ? "CACHE" : "wait";
    assertThat(cell.get("outcome").asText()).as("%s", cell).isEqualTo(expected);
    String then =
        switch (expected) {
          case "switch" -> full && policy.equals("waitok") ? "CACHE" : "wait";
          case "wait" -> "FREE";
          default -> "";
        };
    assertThat(cell.get("then").asText()).as("%s", cell).isEqualTo(then);
    int free = cell.get("freeBefore").asInt() - cell.get("freeAfter").asInt();
    int cache = cell.get("cacheBefore").asInt() - cell.get("cacheAfter").asInt();
    assertThat(free).as("%s", cell).isEqualTo(expected.equals("FREE") ? 1 : 0);
    assertThat(cache).as("%s", cell).isEqualTo(expected.equals("CACHE") ? 1 : 0);
    assertThat(cell.get("cacheBefore").asInt() > 0).as("%s", cell).isEqualTo(full);
    assertThat(cell.get("freeBefore").asInt() == 0).as("%s", cell).isEqualTo(depth == 0);
  }

  /** The lowest band that still serves a caller who preempts nobody. */
  private static int lowestBand(String flags) {
    return switch (flags) {
      case "M_WAITOK" -> 3;
      case "M_WAITOK|M_USE_RESERVE", "M_NOWAIT" -> 2;
      case "M_INTWAIT", "M_INTNOWAIT" -> 1;
      default -> throw new IllegalArgumentException(flags);
    };
  }
}
