package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.examples.Installed;
import dev.waitok.examples.cli.DispatchOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.spy.memcached.CASValue;
import net.spy.memcached.MemcachedClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server and real clients, over sockets. */
class MemcachedServerTest {
  private static final long MEMORY = 16 << 20;
  private static final int CONNECTIONS = 64;

  private static MemcachedServer server(DispatchOption dispatch) throws IOException {
    return new MemcachedServer(0, MEMORY, dispatch, CONNECTIONS);
  }

  /** Runs a program of libmemcached's tools, where it is installed; CI has to have it. */
  private static String run(String program, String... arguments) throws Exception {
    Installed.require(program);
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void libmemcachedsConformanceSuitePasses(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch)) {
      String said = run("memccapable", "-h", "127.0.0.1", "-p", "" + server.port());
      System.out.println(said.lines().filter(l -> l.contains("[pass]")).count() + " passed");
      assertThat(said).contains("All tests passed").doesNotContain("FAIL");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void libmemcachedsLoadIsServed(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch)) {
      String at = "--servers=127.0.0.1:" + server.port();
      run("memcslap", at, "--concurrency=8", "--execute-number=500", "--test=set");
      run("memcslap", at, "--concurrency=8", "--execute-number=500", "--test=get");
      assertThat(server.store().bytes()).isPositive().isLessThanOrEqualTo(MEMORY);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aJavaClientIsServed(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch)) {
      MemcachedClient client =
          new MemcachedClient(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      try {
        assertThat(client.set("k", 0, "value").get()).isTrue();
        assertThat(client.get("k")).isEqualTo("value");
        assertThat(client.add("k", 0, "other").get()).isFalse();
        CASValue<Object> seen = client.gets("k");
        assertThat(client.cas("k", seen.getCas(), "changed").toString()).isEqualTo("OK");
        assertThat(client.cas("k", seen.getCas(), "again").toString()).isEqualTo("EXISTS");
        assertThat(client.incr("n", 1, 41)).isEqualTo(41);
        assertThat(client.incr("n", 1)).isEqualTo(42);
        byte[] large = new byte[700_000];
        new Random(1).nextBytes(large);
        assertThat(client.set("large", 0, large).get()).isTrue();
        assertThat(client.get("large")).isEqualTo(large);
        assertThat(client.delete("k").get()).isTrue();
        assertThat(client.get("k")).isNull();
      } finally {
        client.shutdown();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void othersDoNotNoticeHostileClients(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch);
        LineClient good = new LineClient(server.port())) {
      assertThat(good.ask("set k 0 0 5\r\nvalue\r\n")).isEqualTo("STORED");
      long bytes = server.store().bytes();
      List<LineClient> hostile = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        LineClient half = new LineClient(server.port());
        half.send("set half" + i + " 0 0 100000\r\nonly so much");
        hostile.add(half);
        LineClient endless = new LineClient(server.port());
        endless.send("g".repeat(20_000));
        hostile.add(endless);
      }
      LineClient slow = new LineClient(server.port()); // asks for much and reads none of it
      hostile.add(slow);
      assertThat(slow.ask("set large 0 0 1000000\r\n" + "x".repeat(1_000_000) + "\r\n"))
          .isEqualTo("STORED");
      CompletableFuture<Void> asking =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < 20; i++) {
                    slow.send("get large\r\n");
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      asking.join();
      for (int i = 0; i < 1_000; i++) {
        assertThat(good.ask("mg k v\r\n")).isEqualTo("VA 5");
        assertThat(good.line()).isEqualTo("value");
      }
      for (LineClient client : hostile) {
        client.close();
      }
      assertThat(good.ask("delete large\r\n")).isEqualTo("DELETED");
      while (server.statistics().connections() > 1 || server.store().bytes() != bytes) {
        Thread.onSpinWait(); // each connection ends, and gives its memory back
      }
      assertThat(good.ask("mg k v\r\n")).isEqualTo("VA 5");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void whoSendsHalfAValueDoesNotEmptyTheCache(DispatchOption dispatch) throws Exception {
    int items = 40;
    int size = 100_000;
    try (MemcachedServer server = server(dispatch);
        LineClient good = new LineClient(server.port())) {
      for (int i = 0; i < items; i++) {
        String set = "set k" + i + " 0 0 " + size + "\r\n" + "x".repeat(size) + "\r\n";
        assertThat(good.ask(set)).isEqualTo("STORED");
      }
      List<LineClient> stalled = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        LineClient client = new LineClient(server.port());
        client.send("version\r\nset h" + i + " 0 0 1048576\r\nx");
        assertThat(client.line()).startsWith("VERSION");
        stalled.add(client);
      }
      while (server.statistics().connections() > 1 + MEMORY / 4 / (1 << 20)) {
        Thread.onSpinWait(); // the oldest of them are closed
      }
      assertThat(server.store().transfers().bytes()).isLessThanOrEqualTo(MEMORY / 4);
      assertThat(server.store().evictions()).isZero();
      for (int i = 0; i < items; i++) {
        assertThat(good.ask("mg k" + i + " s\r\n")).isEqualTo("HD s" + size);
      }
      assertThat(good.ask("set k 0 0 5\r\nvalue\r\n")).isEqualTo("STORED");
      for (LineClient client : stalled) {
        client.close();
      }
      while (server.store().transfers().bytes() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void clientsAboveTheLimitAreClosedAndOthersAreServed(DispatchOption dispatch) throws Exception {
    try (MemcachedServer server = server(dispatch)) {
      List<LineClient> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        LineClient client = new LineClient(server.port());
        assertThat(client.ask("version\r\n")).startsWith("VERSION");
        clients.add(client);
      }
      for (int i = 0; i < 100; i++) {
        try (LineClient refused = new LineClient(server.port())) {
          assertThat(refused.read()).isEqualTo(-1);
        }
      }
      for (LineClient client : clients) {
        assertThat(client.ask("version\r\n")).startsWith("VERSION");
        client.close();
      }
      while (server.statistics().connections() > 0) {
        Thread.onSpinWait();
      }
      try (LineClient again = new LineClient(server.port())) {
        assertThat(again.ask("version\r\n")).startsWith("VERSION");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void aCloseEndsItWhileClientsWait(DispatchOption dispatch) throws Exception {
    MemcachedServer server = server(dispatch);
    try (LineClient idle = new LineClient(server.port())) {
      assertThat(idle.ask("set a 0 0 1\r\nx\r\n")).isEqualTo("STORED");
      idle.send("set b 0 0 10\r\nxx");
      while (server.store().transfers().bytes() == 0) {
        Thread.onSpinWait(); // what is sent and not read makes the close a reset
      }
      server.close();
      assertThat(idle.read()).isEqualTo(-1);
    }
  }
}
