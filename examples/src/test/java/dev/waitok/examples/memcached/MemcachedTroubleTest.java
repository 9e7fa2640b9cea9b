package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.examples.cli.DispatchOption;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that stall, and no more sockets to be had: the others are served. */
class MemcachedTroubleTest {
  private static final long MEMORY = 16 << 20;
  private static final int CONNECTIONS = 64;
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofDays(1);

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void whoStallsInACommandIsClosedAndWhoIsIdleIsNot(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch, SHORT, ServerSocketChannel::accept);
        LineClient idle = new LineClient(server.port())) {
      assertThat(idle.ask("set k 0 0 5\r\nvalue\r\n")).isEqualTo("STORED");
      long bytes = server.store().bytes();
      for (String half : new String[] {"get k", "set h 0 0 100\r\nxx", "set h 0 0 2\r\nxx"}) {
        try (LineClient stalled = new LineClient(server.port())) {
          stalled.send(half);
          assertThat(stalled.read()).as(half).isEqualTo(-1);
        }
      }
      while (server.statistics().connections() > 1) {
        Thread.onSpinWait();
      }
      assertThat(server.store().bytes()).isEqualTo(bytes);
      assertThat(idle.ask("version\r\n")).startsWith("VERSION");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void whoDoesNotReadItsAnswerIsClosed(DispatchOption dispatch) throws Exception {
    int size = 8192;
    int times = 4000; // 32 MiB in all, more than sockets hold
    try (MemcachedServer server = server(dispatch, SHORT, ServerSocketChannel::accept);
        LineClient idle = new LineClient(server.port());
        LineClient stalled = new LineClient(server.port())) {
      String set = "set k 0 0 " + size + "\r\n" + "x".repeat(size) + "\r\n";
      assertThat(idle.ask(set)).isEqualTo("STORED");
      assertThat(stalled.ask("version\r\n")).startsWith("VERSION");
      assertThat(server.statistics().connections()).isEqualTo(2);
      stalled.send("get" + " k".repeat(times) + "\r\n");
      while (server.statistics().connections() > 1) {
        Thread.onSpinWait();
      }
      assertThat(idle.ask("mg k s\r\n")).isEqualTo("HD s" + size);
    }
  }

  /** As accept does it when the process has no more file descriptors. */
  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void whileNoSocketCanBeHadOthersAreServedAndAfterwardsAll(DispatchOption dispatch)
      throws Exception {
    AtomicBoolean none = new AtomicBoolean();
    AtomicInteger failures = new AtomicInteger();
    MemcachedServer.Door door =
        listening -> {
          if (none.get()) {
            failures.incrementAndGet();
            throw new IOException("Too many open files");
          }
          return listening.accept();
        };
    try (MemcachedServer server = server(dispatch, LONG, door);
        LineClient early = new LineClient(server.port())) {
      assertThat(early.ask("set k 0 0 5\r\nvalue\r\n")).isEqualTo("STORED");
      none.set(true);
      try (LineClient late = new LineClient(server.port())) {
        late.send("mg k v\r\n");
        while (failures.get() < 3) {
          Thread.onSpinWait();
        }
        assertThat(early.ask("version\r\n")).startsWith("VERSION");
        assertThat(server.statistics().connections()).isEqualTo(1);
        none.set(false);
        assertThat(late.line()).isEqualTo("VA 5");
        assertThat(late.line()).isEqualTo("value");
      }
    }
  }

  private static MemcachedServer server(
      DispatchOption dispatch, Duration patience, MemcachedServer.Door door) throws IOException {
    return new MemcachedServer(0, MEMORY, dispatch, CONNECTIONS, patience, door);
  }
}
