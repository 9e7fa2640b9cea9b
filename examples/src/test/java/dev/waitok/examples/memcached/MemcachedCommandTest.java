package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.examples.Launcher;
import dev.waitok.examples.cli.DispatchOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line refuses. */
class MemcachedCommandTest {
  private static String refused(int status, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int got = Launcher.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    assertThat(got).as("%s%s", out, err).isEqualTo(status);
    return err.toString().strip();
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 65536, --port: 65536 is not between 0 and 65535",
    "--port, -1, --port: -1 is not between 0 and 65535",
    "--memory, 1K, --memory: 1024 bytes: at least 4M are needed",
    "--connections, 0, --connections: 0: at least 1 is needed"
  })
  void badNumbersAreNamed(String option, String value, String message) {
    assertThat(refused(2, "memcached", option, value)).isEqualTo("waitok memcached: " + message);
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (MemcachedServer server = new MemcachedServer(0, 4 << 20, DispatchOption.PORTABLE, 1)) {
      assertThat(refused(2, "memcached", "--port", "" + server.port()))
          .contains("port " + server.port() + " cannot be had: ");
    }
  }
}
