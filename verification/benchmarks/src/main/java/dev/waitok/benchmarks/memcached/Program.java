package dev.waitok.benchmarks.memcached;

import dev.waitok.examples.Launcher;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The servers that are compared. Both have as many threads that serve as there are processors. */
public enum Program {
  /** The example of this project, in direct dispatch. */
  WAITOK,
  /** The original, as it is installed. */
  ORIGINAL;

  /** Where memcached is told to write its port, if that is a free one. */
  static final String PORT_FILE = "MEMCACHED_PORT_FILENAME";

  private static final String NAME = "memcached";
  private static final long VERSION_SECONDS = 10;
  private static final Pattern LISTENING = Pattern.compile("listening on [0-9.]+:(\\d+),.*\\R");
  private static final Pattern PORT = Pattern.compile("TCP INET: (\\d+)\\R");

  List<String> command(long memory) {
    int processors = Runtime.getRuntime().availableProcessors();
    return switch (this) {
      case WAITOK ->
          List.of(
              System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
              "--add-opens=java.base/java.lang=ALL-UNNAMED",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              Launcher.class.getName(),
              NAME,
              "--port=0",
              "--dispatch=direct",
              "--memory=" + memory);
      case ORIGINAL ->
          List.of(
              NAME,
              "--listen=127.0.0.1",
              "--port=-1", // a free one
              "--udp-port=0", // none
              "--threads=" + processors,
              "--memory-limit=" + (memory >> 20),
              "--user=" + System.getProperty("user.name")); // root has to name one
    };
  }

  /** Whether it prints its port; else it writes it to {@link #PORT_FILE}. */
  boolean saysPort() {
    return this == WAITOK;
  }

  /** The port in what it has printed or written so far; 0 if it is not there yet. */
  int port(String text) {
    Matcher matcher = (this == WAITOK ? LISTENING : PORT).matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /**
   * What the original says it is.
   *
   * @return such as "memcached 1.6.18"; null where it is not installed
   * @throws IOException if it does not say
   */
  public static @Nullable String originalVersion() throws IOException, InterruptedException {
    String path = System.getenv().getOrDefault("PATH", "");
    boolean installed =
        Stream.of(path.split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, NAME).canExecute());
    if (!installed) {
      return null;
    }
    Process process = new ProcessBuilder(NAME, "-V").redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS) || !said.startsWith(NAME)) {
        throw new IOException("memcached -V said: " + said);
      }
      return said.strip();
    } finally {
      process.destroyForcibly();
    }
  }
}
