package dev.waitok.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import dev.waitok.examples.trace.BundledTraces;
import dev.waitok.examples.trace.Trace;
import dev.waitok.examples.trace.TraceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayTest {
  /** Two threads that free and replace each other's blocks, with every operation. */
  private static final String[] HAND_OVER = {
    "0 1 a 1 100",
    "1 2 z 2 5000",
    "2 2 r 3 300 1",
    "3 1 m 4 64 4096",
    "4 1 f 2",
    "5 2 r 5 40000 4",
    "6 1 r 6 0 0",
    "7 1 f 5",
    "8 2 a 7 0"
  };

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"lwkt, direct", "lwkt, portable", "platform, auto", "virtual, auto"})
  void keepsEveryBlockOfTheBundledTraces(String threads, String dispatch) throws IOException {
    Path compiler = copy(BundledTraces.COMPILER);
    Path repack = copy(BundledTraces.REPACK);
    ProgramRun run =
        new ProgramRun(
            directory,
            "replay",
            compiler.toString(),
            repack.toString(),
            "--threads",
            threads,
            "--dispatch",
            dispatch);
    JsonNode figures = run.figures(0);
    assertThat(ProgramRun.keys(figures)).containsExactly("runs");
    JsonNode first = figures.get("runs").get(0);
    assertThat(ProgramRun.keys(first))
        .containsExactly(
            "file",
            "threads",
            "dispatch",
            "events",
            "livePeak",
            "retainedPeak",
            "nsPerOp",
            "corruption",
            "leaks");
    assertThat(first.get("file").asText()).isEqualTo(BundledTraces.COMPILER);
    assertThat(first.get("threads").asText()).isEqualTo(threads);
    assertThat(first.get("dispatch").asText())
        .isEqualTo(threads.equals("lwkt") ? dispatch : "none");
    Trace trace = BundledTraces.read(BundledTraces.COMPILER);
    assertThat(first.get("events").asInt()).isEqualTo(trace.events());
    assertThat(first.get("livePeak").asLong()).isEqualTo(trace.livePeak());
    assertThat(first.get("retainedPeak").asLong()).isGreaterThanOrEqualTo(trace.livePeak());
    for (JsonNode one : figures.get("runs")) {
      assertThat(one.get("nsPerOp").asDouble()).isPositive();
      assertThat(one.get("corruption").asLong()).isZero();
      assertThat(one.get("leaks").asLong()).isZero();
    }
    assertThat(run.out()).contains(BundledTraces.REPACK);
  }

  @ParameterizedTest
  @CsvSource({"lwkt, direct", "lwkt, portable", "platform, auto", "virtual, auto"})
  void keepsTheOrderOfEachIdAcrossThreads(String threads, String dispatch) throws IOException {
    Path file = Files.write(directory.resolve("hand.gz"), TraceFiles.gzip(HAND_OVER));
    JsonNode run =
        new ProgramRun(
                directory, "replay", file.toString(), "--threads", threads, "--dispatch", dispatch)
            .figures(0)
            .get("runs")
            .get(0);
    assertThat(run.get("events").asInt()).isEqualTo(HAND_OVER.length);
    assertThat(run.get("corruption").asLong()).isZero();
    assertThat(run.get("leaks").asLong()).isZero();
  }

  @Test
  void aDamagedFileCostsTheOthersNothing() throws IOException {
    byte[] whole = TraceFiles.gzip(HAND_OVER);
    Path good = Files.write(directory.resolve("good.gz"), whole);
    Path cut = Files.write(directory.resolve("cut.gz"), Arrays.copyOf(whole, whole.length - 12));
    ProgramRun run =
        new ProgramRun(
            directory, "replay", cut.toString(), good.toString(), "--threads", "platform");
    JsonNode figures = run.figures(2);
    assertThat(run.err()).contains("cut.gz: line ").contains("cut off");
    assertThat(figures.get("runs")).hasSize(1);
    assertThat(figures.get("runs").get(0).get("file").asText()).isEqualTo("good.gz");
  }

  private Path copy(String bundled) throws IOException {
    Path file = directory.resolve(bundled);
    try (InputStream in =
        Objects.requireNonNull(BundledTraces.class.getResourceAsStream(bundled))) {
      Files.copy(in, file);
    }
    return file;
  }
}
