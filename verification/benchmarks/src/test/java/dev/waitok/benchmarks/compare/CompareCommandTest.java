package dev.waitok.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.benchmarks.Launcher;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Launcher.run(new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void runsForksAndWritesRows(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("rows.json");
    String only = "yield A->B, direct / raw|garbage of a pair, address";
    assertThat(run("compare", "--smoke", "--quick", "--only", only, "--json", json.toString()))
        .as("%s", err)
        .isZero();
    JsonNode rows = new ObjectMapper().readTree(json.toFile()).get("rows");
    assertThat(rows).hasSize(2);
    JsonNode row = rows.get(1);
    assertThat(row.fieldNames())
        .toIterable()
        .containsExactly("work", "peer", "ours", "theirs", "unit", "ratio");
    assertThat(row.get("work").asText()).isEqualTo("yield A->B, direct");
    assertThat(row.get("ours").asDouble()).isPositive();
    assertThat(row.get("theirs").asDouble()).isPositive();
    assertThat(out.toString()).contains("raw Continuation run/yield");
  }

  @Test
  void refusesAnExpressionThatMeetsNoRow() {
    assertThat(run("compare", "--only", "no such row")).isEqualTo(2);
    assertThat(err.toString()).contains("no such row");
  }
}
