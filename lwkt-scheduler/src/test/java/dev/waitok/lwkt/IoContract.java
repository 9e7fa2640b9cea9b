package dev.waitok.lwkt;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real channels, whose readiness is an interrupt. */
abstract class IoContract {
  private LwktFixture fixture;
  private IoSource io;
  private final List<Pipe> pipes = new ArrayList<>();

  abstract Dispatch dispatch();

  @BeforeEach
  void start() {
    fixture = new LwktFixture(dispatch(), 1);
    io = fixture.cpu(0).io("net", Priority.INT_HIGH);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    for (Pipe pipe : pipes) {
      pipe.source().close();
      pipe.sink().close();
    }
  }

  private Pipe pipe() throws IOException {
    Pipe pipe = Pipe.open();
    pipes.add(pipe);
    return pipe;
  }

  private static void write(Pipe pipe, int value) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1).put(0, (byte) value);
    while (one.hasRemaining()) {
      pipe.sink().write(one);
    }
  }

  /** Reads one byte as an LWKT thread or a plain one. */
  private static int read(IoChannel channel, Pipe pipe) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    while (pipe.source().read(one) == 0) {
      assertThat(channel.await(OP_READ)).isEqualTo(OP_READ);
    }
    return one.get(0);
  }

  /** A thread that waits for a channel, until that is ended by an exception. */
  private LwktFixture.Running waitsUntil(IoChannel channel, Class<? extends IOException> ended) {
    LwktFixture.Running reader =
        fixture.start(
            "reader",
            Priority.KERN_DAEMON,
            0,
            () -> assertThatThrownBy(() -> channel.await(OP_READ)).isInstanceOf(ended));
    waitsForAChannel(reader.thread());
    return reader;
  }

  private static void waitsForAChannel(LwktThread thread) {
    LwktFixture.until(() -> "a channel".equals(thread.tcb().waitsFor()));
  }

  @Test
  void anEchoServerOfLwktThreadsServesSocketClients() throws Exception {
    int clients = 8;
    int messages = 200;
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
      IoChannel listening = io.register(server);
      LwktFixture.Running acceptor =
          fixture.start(
              "acceptor",
              Priority.KERN_DAEMON,
              0,
              () -> {
                List<LwktFixture.Running> echoes = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                  SocketChannel accepted;
                  while ((accepted = server.accept()) == null) {
                    listening.await(OP_ACCEPT);
                  }
                  SocketChannel client = accepted;
                  echoes.add(
                      fixture.start("echo" + i, Priority.KERN_DAEMON, 0, () -> echo(client)));
                }
                for (LwktFixture.Running echo : echoes) {
                  echo.await();
                }
              });
      List<CompletableFuture<Integer>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int seed = i;
        all.add(
            CompletableFuture.supplyAsync(
                () -> talk(server, seed, messages), r -> Thread.ofPlatform().start(r)));
      }
      for (CompletableFuture<Integer> client : all) {
        assertThat(client.get()).isEqualTo(messages);
      }
      acceptor.await();
    }
    assertThat(io.statistics().events()).isGreaterThanOrEqualTo(clients);
    assertThat(io.statistics().longestNanos()).isPositive();
  }

  private void echo(SocketChannel client) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    try (IoChannel channel = io.register(client)) {
      while (client.read(buffer) >= 0) {
        buffer.flip();
        if (!buffer.hasRemaining()) {
          channel.await(OP_READ);
        }
        while (buffer.hasRemaining()) {
          if (client.write(buffer) == 0) {
            channel.await(OP_WRITE);
          }
        }
        buffer.clear();
      }
    }
  }

  private static int talk(ServerSocketChannel server, int seed, int messages) {
    try (SocketChannel channel = SocketChannel.open(server.getLocalAddress())) {
      for (int i = 0; i < messages; i++) {
        ByteBuffer message = ByteBuffer.allocate(8).putInt(seed).putInt(i).flip();
        while (message.hasRemaining()) {
          channel.write(message);
        }
        ByteBuffer answer = ByteBuffer.allocate(8);
        while (answer.hasRemaining()) {
          assertThat(channel.read(answer)).isPositive();
        }
        assertThat(answer.flip()).isEqualTo(message.flip());
      }
      return messages;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aChannelThatIsReadyPreemptsAThreadAtItsNextPoll() throws Exception {
    Pipe pipe = pipe();
    AtomicInteger seen = new AtomicInteger(-1);
    boolean[] preempting = {false};
    io.register(pipe.source())
        .whenReady(
            OP_READ,
            ready -> {
              preempting[0] = Lwkt.preempting();
              seen.set(ready);
            });
    fixture.run(
        () -> {
          write(pipe, 1);
          LwktFixture.pollUntil(() -> seen.get() == OP_READ);
        });
    assertThat(preempting[0]).isTrue();
    assertThat(fixture.cpu(0).statistics().preemptions()).isPositive();
  }

  @Test
  void whatIsReadyIsServedOnceUntilItIsAskedForAgain() throws Exception {
    Pipe pipe = pipe();
    Pipe other = pipe();
    IoChannel channel = io.register(pipe.source());
    IoChannel marker = io.register(other.source());
    AtomicInteger runs = new AtomicInteger();
    channel.whenReady(OP_READ, ready -> runs.incrementAndGet());
    write(pipe, 1);
    LwktFixture.until(() -> runs.get() == 1);
    write(other, 1);
    assertThat(marker.await(OP_READ)).isEqualTo(OP_READ); // the selector has looked at both
    assertThat(runs.get()).isEqualTo(1);
    channel.whenReady(OP_READ, ready -> runs.incrementAndGet());
    LwktFixture.until(() -> runs.get() == 2);
  }

  @Test
  void eachOfManyChannelsIsServed() throws Exception {
    int channels = 200;
    AtomicInteger served = new AtomicInteger();
    for (int i = 0; i < channels; i++) {
      io.register(pipe().source()).whenReady(OP_READ, ready -> served.incrementAndGet());
    }
    assertThat(io.statistics().channels()).isEqualTo(channels);
    for (Pipe pipe : pipes) {
      write(pipe, 1);
    }
    LwktFixture.until(() -> served.get() == channels);
    assertThat(io.statistics().events()).isEqualTo(channels);
    assertThat(io.statistics().backlog()).isZero();
  }

  @Test
  void theBacklogIsWhatTheCpuHasNotServed() throws Exception {
    int channels = 5;
    AtomicInteger served = new AtomicInteger();
    for (int i = 0; i < channels; i++) {
      io.register(pipe().source()).whenReady(OP_READ, ready -> served.incrementAndGet());
    }
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          for (Pipe pipe : pipes) {
            write(pipe, 1);
          }
          LwktFixture.until(() -> io.statistics().backlog() == channels);
          assertThat(served.get()).isZero();
          Lwkt.leaveCritical();
        });
    LwktFixture.until(() -> served.get() == channels);
    IoStatistics figures = io.statistics();
    assertThat(figures.backlog()).isZero();
    assertThat(figures.mostBacklog()).isEqualTo(channels);
    assertThat(figures.medianNanos()).isPositive().isLessThanOrEqualTo(figures.p99Nanos());
    assertThat(figures.p99Nanos()).isLessThanOrEqualTo(figures.longestNanos());
  }

  @Test
  void whoWaitsIsToldOfAClose() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    LwktFixture.Running reader = waitsUntil(channel, AsynchronousCloseException.class);
    channel.close();
    reader.await();
    assertThat(pipe.source().isOpen()).isFalse();
    LwktFixture.until(() -> io.statistics().channels() == 0);
    assertThatThrownBy(() -> channel.await(OP_READ)).isInstanceOf(AsynchronousCloseException.class);
    assertThatThrownBy(() -> io.register(pipe.source())).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aCloseByAnybodyElseIsNoticed() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    CompletableFuture<Integer> told = new CompletableFuture<>();
    channel.whenReady(OP_READ, told::complete);
    LwktFixture.Running looked = // the selector has taken it in
        fixture.start(
            "looked", Priority.KERN_DAEMON, 0, () -> timeOut(io.register(pipe().source())));
    looked.await();
    pipe.source().close();
    assertThat(told.get()).isZero();
    LwktFixture.until(() -> io.statistics().channels() == 1);
  }

  private static void timeOut(IoChannel channel) {
    assertThatThrownBy(() -> channel.await(OP_READ, Duration.ofMillis(1)))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("was not ready within 1 ms");
  }

  @Test
  void afterATimeoutItCanBeWaitedForAgain() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    fixture.run(
        () -> {
          timeOut(channel);
          write(pipe, 7);
          assertThat(read(channel, pipe)).isEqualTo(7);
        });
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() throws Exception {
    IoChannel channel = io.register(pipe().source());
    LwktFixture.Running reader =
        fixture.start(
            "reader",
            Priority.KERN_DAEMON,
            0,
            () -> {
              assertThatThrownBy(() -> channel.await(OP_READ))
                  .isInstanceOf(InterruptedIOException.class)
                  .isNotInstanceOf(SocketTimeoutException.class);
              assertThat(Thread.interrupted()).isTrue();
              assertThat(channel.channel().isOpen()).isTrue();
            });
    waitsForAChannel(reader.thread());
    reader.thread().interrupt();
    reader.await();
  }

  @Test
  void aHandlerThatThrowsHarmsNoOtherChannel() throws Exception {
    AtomicInteger served = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      int which = i;
      io.register(pipe().source())
          .whenReady(
              OP_READ,
              ready -> {
                if (which == 1) {
                  throw new IllegalArgumentException("on purpose");
                }
                served.incrementAndGet();
              });
    }
    for (Pipe pipe : pipes) {
      write(pipe, 1);
    }
    LwktFixture.until(() -> served.get() == 2 && !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().thrown()).hasMessage("on purpose");
  }

  @Test
  void oneWaitsAtATimeAndForWhatThereIs() throws Exception {
    IoChannel channel = io.register(pipe().source());
    assertThatThrownBy(() -> channel.whenReady(OP_WRITE, ready -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("operations 4: ")
        .hasMessageEndingWith(" has 1");
    assertThatThrownBy(() -> channel.await(0)).isInstanceOf(IllegalArgumentException.class);
    channel.whenReady(OP_READ, ready -> {});
    assertThatThrownBy(() -> channel.whenReady(OP_READ, ready -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("of net already");
    assertThatThrownBy(() -> channel.await(OP_READ)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoMayNotBlockIsRefusedAndNothingIsLeftBehind() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    fixture.run(
        () -> {
          Lwkt.enterHard();
          assertThatThrownBy(() -> channel.await(OP_READ)).isInstanceOf(CannotBlockException.class);
          Lwkt.leaveHard();
          timeOut(channel); // and does not say that somebody waits already
          write(pipe, 9);
          assertThat(read(channel, pipe)).isEqualTo(9);
        });
  }

  @Test
  void aPlainThreadMayWaitToo() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    CompletableFuture<Integer> reader = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                reader.complete(read(channel, pipe));
              } catch (IOException e) {
                reader.completeExceptionally(e);
              }
            });
    write(pipe, 5);
    assertThat(reader.get()).isEqualTo(5);
  }

  @Test
  void noReadinessIsLostHoweverOftenItIsAskedFor() throws Exception {
    int rounds = 5_000;
    Pipe there = pipe();
    Pipe back = pipe();
    IoChannel first = io.register(there.source());
    IoChannel second = io.register(back.source());
    LwktFixture.Running ponger =
        fixture.start(
            "ponger",
            Priority.KERN_DAEMON,
            0,
            () -> {
              for (int i = 0; i < rounds; i++) {
                write(back, read(first, there));
              }
            });
    CompletableFuture<Void> pinger =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  write(there, i & 127);
                  assertThat(read(second, back)).isEqualTo(i & 127);
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            r -> Thread.ofPlatform().start(r));
    pinger.get();
    ponger.await();
  }

  @Test
  void aClosedSourceLeavesNobodyWaitingAndTheChannelsOpen() throws Exception {
    Pipe pipe = pipe();
    IoChannel channel = io.register(pipe.source());
    LwktFixture.Running reader = waitsUntil(channel, AsynchronousCloseException.class);
    io.close();
    reader.await();
    assertThat(io.thread().join(LwktFixture.DEADLINE)).isTrue();
    assertThat(pipe.source().isOpen()).isTrue();
    assertThatThrownBy(() -> io.register(pipe().source())).isInstanceOf(LwktClosedException.class);
    assertThatThrownBy(() -> channel.await(OP_READ)).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void theSchedulersCloseEndsWhoWaits() throws Exception {
    IoChannel channel = io.register(pipe().source());
    LwktFixture.Running reader = waitsUntil(channel, InterruptedIOException.class);
    fixture.close();
    reader.await();
  }
}
