package dev.waitok.benchmarks.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The load and both servers, with small numbers; the times mean nothing. */
class LoadTest {
  private static final long MEMORY = 8 << 20;
  private static final Duration LONG = Duration.ofMinutes(10);

  /** Each phase ends by its commands, long before its time. */
  private static Load load(int keys) {
    return new Load(3, keys, 1024, 200, LONG, LONG);
  }

  /** The original has to be there where CI runs. */
  static void require(Program program) throws Exception {
    String version = Program.originalVersion();
    if (System.getenv("WAITOK_CI") == null) {
      assumeTrue(program == Program.WAITOK || version != null, "skipped: no memcached");
    }
    assertThat(program == Program.WAITOK || version != null).as("memcached is there").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void countsWhatIsAnsweredUntilItsNumberIsReached(Program program) throws Exception {
    require(program);
    Server server = Server.start(program, MEMORY);
    try (server) {
      Load.Figures figures = load(100).put(server.port());
      assertThat(figures.commands()).isEqualTo(3 * 200);
      assertThat(figures.nanosEach()).isPositive();
      assertThat(figures.tailNanos()).isPositive();
    }
    assertThat(server.isAlive()).isFalse();
  }

  @Test
  void endsWhenItsTimeIsOver() throws Exception {
    Duration none = Duration.ZERO;
    try (Server server = Server.start(Program.WAITOK, MEMORY)) {
      Load once = new Load(2, 10, 10, Long.MAX_VALUE, none, none);
      assertThat(once.put(server.port()).commands()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyThatIsNotThereIsAnError(Program program) throws Exception {
    require(program);
    try (Server server = Server.start(program, MEMORY);
        Client client = new Client(server.port(), new byte[] {'x'})) {
      client.set(1);
      client.get(1);
      assertThatThrownBy(() -> client.get(2))
          .isInstanceOf(IOException.class)
          .hasMessage("the server answered: END");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherValueIsAnError(Program program) throws Exception {
    require(program);
    try (Server server = Server.start(program, MEMORY);
        Client one = new Client(server.port(), new byte[] {'x'});
        Client other = new Client(server.port(), new byte[] {'y'})) {
      one.set(1);
      assertThatThrownBy(() -> other.get(1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the server answered: VALUE 00000001 0 1\r\nx");
    }
  }

  @Test
  void aServerThatDoesNotStartSaysWhyAndLeavesNoProcess() {
    assertThatThrownBy(() -> Server.start(Program.WAITOK, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("WAITOK ended with status 2")
        .hasMessageContaining("at least 4M are needed");
  }

  @Test
  void aConnectionThatBreaksEndsTheLoad() throws Exception {
    try (ServerSocket hangsUp = new ServerSocket(0)) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  for (int i = 0; i < 3; i++) {
                    hangsUp.accept().close();
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(() -> load(10).put(hangsUp.getLocalPort()))
          .isInstanceOf(IOException.class);
    }
  }
}
