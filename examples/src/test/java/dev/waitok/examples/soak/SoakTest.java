package dev.waitok.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoakTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"direct", "portable", "simulated"})
  void keepsItsPromisesWhileThingsGoWrong(String mode) throws IOException {
    ProgramRun run =
        new ProgramRun(directory, "soak", "--minutes", "0.02", "--seed", "1", "--dispatch", mode);
    JsonNode figures = run.figures(0).get(0);
    assertThat(figures.get("dispatch").asText()).isEqualTo(mode);
    assertThat(figures.get("broken")).isEmpty();
    assertThat(figures.get("raised").asLong())
        .isPositive()
        .isEqualTo(
            figures.get("served").asLong()
                + figures.get("refused").asLong()
                + figures.get("aborted").asLong());
    if (mode.equals("simulated")) {
      assertThat(figures.get("faults").asLong()).isPositive();
      assertThat(figures.get("pagesRead").asLong()).isPositive();
    }
    assertThat(run.out()).contains("--seed 1").contains(mode);
  }

  @Test
  void aLostRequestAndCorruptionAndAFailureAreBrokenPromises() {
    Tally tally = new Tally();
    tally.raised.set(3);
    tally.served.set(2);
    tally.corruption.set(1);
    tally.failed(new IllegalStateException("so it was"));
    SoakFigures figures = new SoakFigures("none");
    figures.add(tally);
    assertThat(figures.broken)
        .hasSize(3)
        .anyMatch(b -> b.contains("1 requests were lost"))
        .anyMatch(b -> b.contains("1 blocks or pages"))
        .anyMatch(b -> b.contains("so it was"));
  }

  @Test
  void aBlockThatIsLeftAndMemoryThatStaysAreSeen() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 << 20).pageSize(4096).build()) {
      Memory memory = new Memory(kmalloc);
      assertThat(memory.differences()).isEmpty();
      MallocType type = kmalloc.type("leaking");
      MemorySegment left = type.kmalloc(4 << 20);
      left.fill((byte) 1);
      assertThat(memory.differences())
          .anyMatch(d -> d.contains("leaking"))
          .anyMatch(d -> d.startsWith("FREE was"));
      if (kmalloc.residentBytes().isPresent()) {
        assertThat(memory.trims()).isFalse();
      }
      type.kfree(left);
      assertThat(memory.differences()).isEmpty();
      assertThat(memory.trims()).isTrue();
    }
  }

  @Test
  void badArgumentsAreRefused() {
    assertThat(new ProgramRun(directory, "soak", "--minutes", "0").err()).contains("--minutes");
    assertThat(new ProgramRun(directory, "soak", "--dispatch", "both").err()).contains("both");
  }
}
