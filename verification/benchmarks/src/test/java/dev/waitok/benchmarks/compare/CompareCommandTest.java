package dev.waitok.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.benchmarks.Launcher;
import dev.waitok.benchmarks.memcached.Program;
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
  void bothServersGiveARowEach(@TempDir Path folder) throws Exception {
    boolean installed = Program.originalVersion() != null;
    assumeTrue(installed || System.getenv("WAITOK_CI") != null, "skipped: no memcached");
    Path json = folder.resolve("rows.json");
    assertThat(run("compare", "--smoke", "--quick", "--only", "^memcached", "--json", "" + json))
        .as("%s", err)
        .isZero();
    JsonNode rows = new ObjectMapper().readTree(json.toFile()).get("rows");
    assertThat(rows).as("%s", err).hasSize(2);
    for (JsonNode row : rows) {
      assertThat(row.get("peer").asText()).startsWith("memcached 1.");
      assertThat(row.get("ours").asDouble()).isPositive();
      assertThat(row.get("theirs").asDouble()).isPositive();
    }
  }

  @Test
  void refusesAnExpressionThatMeetsNoRow() {
    assertThat(run("compare", "--only", "no such row")).isEqualTo(2);
    assertThat(err.toString()).contains("no such row");
  }
}
