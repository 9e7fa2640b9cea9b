package dev.waitok.examples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StormTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"direct", "portable"})
  void losesNothingButUnderNowait(String dispatch) throws IOException {
    ProgramRun run =
        new ProgramRun(directory, "storm", "--dispatch", dispatch, "--requests", "2000");
    JsonNode figures = run.figures(0);
    assertThat(ProgramRun.keys(figures)).containsExactly("dispatch", "arena", "rate", "policies");
    assertThat(figures.get("dispatch").asText()).isEqualTo(dispatch);
    assertThat(figures.get("policies").valueStream().map(p -> p.get("policy").asText()))
        .containsExactly("nowait", "waitok", "reeval-off");
    for (JsonNode policy : figures.get("policies")) {
      check(policy);
    }
    assertThat(run.out()).contains("nowait").contains("waitok").contains("reeval-off");
  }

  private static void check(JsonNode policy) {
    assertThat(ProgramRun.keys(policy))
        .containsExactly(
            "policy",
            "requests",
            "dropped",
            "switchedAway",
            "servedAfterSwitch",
            "reclaimedPages",
            "lowestFree",
            "droppedWithCache",
            "p50Ns",
            "p99Ns",
            "p999Ns",
            "maxNs",
            "corruption",
            "leaks");
    assertThat(policy.get("requests").asInt()).as("%s", policy).isEqualTo(2000);
    assertThat(policy.get("corruption").asLong()).as("%s", policy).isZero();
    assertThat(policy.get("leaks").asLong()).as("%s", policy).isZero();
    assertThat(policy.get("servedAfterSwitch").asLong())
        .as("%s", policy)
        .isEqualTo(policy.get("switchedAway").asLong());
    assertThat(policy.get("p50Ns").asLong())
        .as("%s", policy)
        .isPositive()
        .isLessThanOrEqualTo(policy.get("p99Ns").asLong());
    if (policy.get("policy").asText().equals("nowait")) {
      assertThat(policy.get("switchedAway").asLong()).as("%s", policy).isZero();
    } else {
      assertThat(policy.get("dropped").asLong()).as("%s", policy).isZero();
    }
  }
}
