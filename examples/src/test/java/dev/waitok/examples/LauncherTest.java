package dev.waitok.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.examples.trace.TraceFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Launcher.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "strom | waitok: 'strom' is not known here; accepted are the programs storm, replay",
        "storm --speed 2 | waitok storm: '--speed' is not known here; accepted are --trace",
        "--speed 2 | waitok storm: '--speed' is not known here; accepted are --trace",
        "storm --rate fast | waitok storm: Invalid value for option '--rate'",
        "storm --rate -1 | waitok storm: --rate: -1.0 is refused; 0 < X < 1000000 is accepted",
        "storm --rate 0 | waitok storm: --rate: 0.0 is refused; 0 < X < 1000000 is accepted",
        "storm --arena 12Q | is no size; a number of bytes or one with K, M or G is accepted",
        "storm --arena 4K | waitok storm: --arena: 4096 bytes are too few for these traces;",
        "storm --cpus 0 | waitok storm: --cpus: 0 is refused; 1 to 64 is accepted",
        "storm --requests 0 | waitok storm: --requests: 0 is too few; 1 or more is accepted",
        "storm --trace none.gz | waitok storm: none.gz: there is no such file",
        "storm --json none/x | waitok storm: --json: 'none/x' cannot be written; a file in",
        "storm --dispatch fast | 'fast' is not accepted; it is one of [auto, direct, portable]",
        "replay | waitok replay: Missing required parameter: 'FILE'; accepted are --threads",
        "replay --threads green x | it is one of [lwkt, platform, virtual]",
        "replay none.gz | waitok replay: none.gz: there is no such file",
        "decisions --policy none | it is one of [waitok, reeval-off]",
        "decisions x | waitok decisions: 'x' is not known here; accepted are --policy",
      })
  void badArgumentsGetOneLineAndStatus2(String args, String message) {
    assertThat(run(args.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aCutOffTraceGetsItsLine(@TempDir Path directory) throws IOException {
    byte[] whole = TraceFiles.gzip("0 0 a 1 5", "1 0 a 2 6", "2 0 f 1");
    Path cut = Files.write(directory.resolve("cut.gz"), java.util.Arrays.copyOf(whole, 22));
    assertThat(run("replay", cut.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("cut.gz: line ").contains("the file is cut off");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "storm --help", "replay --help", "decisions --help"})
  void helpIsThereForEveryProgram(String args) {
    assertThat(run(args.split(" "))).isZero();
    assertThat(out.toString()).startsWith("Usage: waitok");
    assertThat(err.toString()).isEmpty();
  }
}
