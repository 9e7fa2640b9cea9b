package dev.waitok.examples.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {
  private static final String[] ALL = {
    "# a comment",
    "0 7 a 1 48",
    "10 7 z 20 100",
    "10 9 m 3 64 4096",
    "11 9 r 4 200 20",
    "12 7 r 5 10 0",
    "13 9 f 1"
  };

  @Nested
  class Complete {
    @Test
    void readsEveryOperation() {
      Trace trace = TraceFiles.trace(ALL);
      assertThat(trace.events()).isEqualTo(6);
      assertThat(trace.requests()).isEqualTo(5);
      assertThat(trace.threads()).isEqualTo(2);
      assertThat(trace.ids()).isEqualTo(5);
      assertThat(trace.duration()).isEqualTo(13);
      assertThat(trace.largest()).isEqualTo(200);
      byte[] operations = new byte[6];
      int[] threads = new int[6];
      int[] ids = new int[6];
      int[] arguments = new int[6];
      for (int i = 0; i < 6; i++) {
        operations[i] = trace.operation(i);
        threads[i] = trace.thread(i);
        ids[i] = trace.id(i);
        arguments[i] = trace.argument(i);
      }
      assertThat(new String(operations, java.nio.charset.StandardCharsets.US_ASCII))
          .isEqualTo("azmrrf");
      assertThat(threads).containsExactly(0, 0, 1, 1, 0, 1);
      assertThat(ids).containsExactly(0, 1, 2, 3, 4, 0);
      assertThat(arguments).containsExactly(-1, -1, 4096, 1, -1, -1);
      assertThat(trace.size(3)).isEqualTo(200);
      assertThat(trace.micros(3)).isEqualTo(11);
    }

    @Test
    void countsAReallocAfterItsOldBlockIsGone() {
      Trace trace = TraceFiles.trace("0 0 a 1 100", "1 0 r 2 120 1", "2 0 f 2", "3 0 a 3 90");
      assertThat(trace.livePeak()).isEqualTo(120);
    }

    @Test
    void acceptsBlocksThatStayLiveAndSizesOfZero() {
      Trace trace = TraceFiles.trace("0 0 a 1 0", "0 0 z 2 0");
      assertThat(trace.livePeak()).isZero();
      assertThat(trace.ids()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {BundledTraces.COMPILER, BundledTraces.REPACK})
    void bundledTracesAreComplete(String name) throws IOException {
      Trace trace = BundledTraces.read(name);
      assertThat(trace.requests()).isGreaterThan(5000);
      assertThat(trace.livePeak()).isGreaterThan(500_000);
    }
  }

  @Nested
  class Damaged {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '"',
        value = {
          "x 0 a 2 8 | 'x' is no time",
          "2 -1 a 2 8 | '-1' is no thread",
          "2 0 q 2 8 | unknown operation 'q'",
          "2 0 alloc 2 8 | this is no event",
          "2 0 a 2 | 'a' has 5 fields, this line has 4",
          "2 0 a 2 8 9 | 'a' has 5 fields, this line has 6",
          "2 0 m 2 8 | 'm' has 6 fields, this line has 5",
          "2 0 f 1 8 | 'f' has 4 fields, this line has 5",
          "2 0 a 2 8k | '8k' is no size",
          "2 0 a 2 -8 | '-8' is no size",
          "2 0 a 2 99999999999999 | '99999999999999' is no size up to",
          "2 0 a 2 99999999999999999999 | '99999999999999999999' is no size",
          "2 0 m 2 8 12 | alignment 12 is no power of two",
          "2 0 m 2 8 0 | alignment 0 is no power of two",
          "2 0 a 1 8 | id 1 was used before",
          "2 0 a 0 8 | id 0 stands for no block",
          "2 0 f 9 | free of id 9, which was never allocated",
          "2 0 r 2 8 9 | realloc of id 9, which was never allocated",
          "0 0 a 2 8 | time runs back from 1 to 0",
        })
    void namesTheLineAndWhatIsWrong(String line, String expected) {
      TraceException e =
          catchThrowableOfType(
              TraceException.class,
              () -> TraceFiles.read(TraceFiles.gzip("# c", "1 0 a 1 8", line)));
      assertThat(e).hasMessageContaining("t.gz: line 3: " + expected);
      assertThat(e.line()).isEqualTo(3);
    }

    @Test
    void refusesAnEmptyLine() {
      assertRefused(TraceFiles.gzip("1 0 a 1 8", "", "2 0 f 1"), "t.gz: line 2: this is no event");
    }

    @Test
    void refusesASecondFree() {
      assertRefused(
          TraceFiles.gzip("1 0 a 1 8", "2 0 f 1", "3 0 f 1"),
          "t.gz: line 3: free of id 1, which is freed already");
    }

    @Test
    void refusesAFreeOfWhatAReallocReplaced() {
      assertRefused(
          TraceFiles.gzip("1 0 a 1 8", "2 0 r 2 9 1", "3 0 f 1"),
          "t.gz: line 3: free of id 1, which is freed already");
    }

    @Test
    void refusesALineWithoutEnd() {
      assertRefused(
          TraceFiles.gzipText("1 0 a 1 8\n2 0 a 2 4"),
          "t.gz: line 2: the file is cut off in the middle of a line");
    }

    @Test
    void refusesALineThatNeverEnds() {
      assertRefused(TraceFiles.gzipText("1".repeat(1 << 20)), "t.gz: line 1: longer than 1000");
    }

    @Test
    void refusesAFileWithoutEvents() {
      assertRefused(TraceFiles.gzip("# only a comment"), "holds no event");
    }

    @Test
    void refusesWhatIsNoGzip() {
      byte[] text = "1 0 a 1 8\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      assertRefused(text, "t.gz: line 1: this is not a gzip file");
      assertRefused(new byte[0], "t.gz: line 1: the file is cut off before its first line");
    }

    @Test
    void findsEveryCut() {
      byte[] whole = manyLines();
      for (int length = 0; length < whole.length; length += 1 + length / 50) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> TraceFiles.read(cut))
            .isInstanceOf(TraceException.class)
            .hasMessageContaining("cut off");
      }
    }

    @Test
    void neverFailsOtherwiseWhenBytesAreChanged() {
      byte[] whole = manyLines();
      SplittableRandom random = new SplittableRandom(1);
      int refused = 0;
      for (int i = 0; i < 500; i++) {
        byte[] changed = whole.clone();
        changed[random.nextInt(10, whole.length)] ^= (byte) (1 << random.nextInt(8));
        try {
          TraceFiles.read(changed);
        } catch (TraceException e) {
          refused++;
        }
      }
      assertThat(refused).as("the checksum covers all but the header").isEqualTo(500);
    }

    private byte[] manyLines() {
      String[] lines = new String[2000];
      SplittableRandom random = new SplittableRandom(7);
      for (int i = 0; i < lines.length; i++) {
        lines[i] = i * 3 + " 0 a " + (i + 1) + " " + random.nextInt(100_000);
      }
      return TraceFiles.gzip(lines);
    }

    private void assertRefused(byte[] file, String message) {
      assertThatThrownBy(() -> TraceFiles.read(file))
          .isInstanceOf(TraceException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void saysWhenThereIsNoSuchFile(@TempDir Path directory) {
    assertThatThrownBy(() -> TraceReader.read(directory.resolve("none.gz")))
        .hasMessageEndingWith("none.gz: there is no such file");
    assertThatThrownBy(() -> TraceReader.read(directory))
        .hasMessageEndingWith("this is a directory, not a trace");
  }
}
