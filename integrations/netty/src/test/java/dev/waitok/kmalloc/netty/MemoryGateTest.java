package dev.waitok.kmalloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;
import dev.waitok.kmalloc.MallocType;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory runs out inside a handler and under a channel, over a real socket of the loopback. */
class MemoryGateTest {
  private static final long MIB = 1 << 20;
  private static final int SENT = 6 << 20;
  private static final long SEED = 20_261_125;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<ByteBuf> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final CompletableFuture<MemoryGate> accepted = new CompletableFuture<>();
  private final CompletableFuture<Channel> channel = new CompletableFuture<>();

  @AfterEach
  void end() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Keeps what arrives, in a buffer that it asks the gate for. */
  private final class Copying extends ChannelInboundHandlerAdapter {
    private final MemoryGate gate;

    Copying(MemoryGate gate) {
      this.gate = gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      accepted.complete(gate);
      channel.complete(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      gate.buffer(in.readableBytes(), in.readableBytes())
          .addListener(
              (Future<ByteBuf> room) -> {
                if (room.isSuccess()) {
                  received.add(room.getNow().writeBytes(in));
                } else {
                  failures.add(room.cause());
                }
                in.release();
              });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause);
    }
  }

  /** Keeps what arrives as it is. */
  private final class Keeping extends ChannelInboundHandlerAdapter {
    private final MemoryGate gate;

    Keeping(MemoryGate gate) {
      this.gate = gate;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      accepted.complete(gate);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      received.add((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause);
    }
  }

  private Channel serve(KmallocByteBufAllocator allocator, boolean copying) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel child) {
                MemoryGate gate = new MemoryGate(allocator);
                child.pipeline().addLast(gate, copying ? new Copying(gate) : new Keeping(gate));
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private static byte[] content() {
    byte[] bytes = new byte[SENT];
    new SplittableRandom(SEED).nextBytes(bytes);
    return bytes;
  }

  private static CompletableFuture<Void> send(Channel server, byte[] bytes) {
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    return CompletableFuture.runAsync(
        () -> {
          try (Socket socket = new Socket(address.getAddress(), address.getPort());
              OutputStream out = socket.getOutputStream()) {
            out.write(bytes);
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        Thread::startVirtualThread);
  }

  /** Takes what was received and compares it; each buffer's release is what makes room. */
  private void compareAll(byte[] sent, Memory memory) throws InterruptedException {
    int at = 0;
    while (at < sent.length) {
      assertThat(failures).isEmpty();
      ByteBuf buffer = received.take();
      memory.checked(buffer);
      byte[] got = new byte[buffer.readableBytes()];
      buffer.readBytes(got).release();
      assertThat(got).isEqualTo(java.util.Arrays.copyOfRange(sent, at, at + got.length));
      at += got.length;
    }
    assertThat(received).isEmpty();
  }

  private static void awaitTrue(Supplier<Boolean> condition) {
    while (!condition.get()) {
      Thread.onSpinWait();
    }
  }

  private void nothingIsDropped(Memory memory, boolean copying) throws Exception {
    byte[] sent = content();
    Channel server = serve(memory.allocator(true), copying);
    CompletableFuture<Void> sender = send(server, sent);
    MemoryGate gate = accepted.join();
    awaitTrue(gate::isStopped); // nobody has released anything so far
    assertThat(memory.type.statistics().failures()).isPositive();
    compareAll(sent, memory);
    sender.join();
    awaitTrue(() -> memory.type.statistics().inUse() == 0);
    assertThat(gate.stops()).isPositive();
    assertThat(failures).isEmpty();
    server.close().syncUninterruptibly();
  }

  @Test
  void aHandlerThatFindsNoMemoryStopsTheChannelAndNothingIsDropped() throws Exception {
    try (Memory memory = new Memory(MIB)) {
      nothingIsDropped(memory, true);
    }
  }

  @Test
  void aChannelThatFindsNoMemoryToReadIntoStopsAndNothingIsDropped() throws Exception {
    try (Memory memory = new Memory(MIB)) {
      nothingIsDropped(memory, false);
    }
  }

  @Test
  void theSameAtATypesLimit() throws Exception {
    try (Memory memory = new Memory(Kmalloc.builder().arena(64 * MIB), MIB)) {
      nothingIsDropped(memory, true);
    }
  }

  @Test
  void theSameWhereKmallocKnowsTheEventLoops() throws Exception {
    KmallocBuilder builder =
        Kmalloc.builder().arena(MIB).nonBlocking(KmallocByteBufAllocator::isEventLoop);
    try (Memory memory = new Memory(builder, Long.MAX_VALUE)) {
      nothingIsDropped(memory, true);
    }
  }

  @Test
  void memoryThatOthersHoldIsWaitedFor() throws Exception {
    try (Memory memory = new Memory(MIB)) {
      MallocType others = memory.kmalloc.type("others");
      List<Long> held = new ArrayList<>();
      for (long block = others.tryKmallocAddress(4096);
          block != Kmalloc.NULL;
          block = others.tryKmallocAddress(4096)) {
        held.add(block);
      }
      byte[] sent = content();
      Channel server = serve(memory.allocator(true), false);
      CompletableFuture<Void> sender = send(server, sent);
      MemoryGate gate = accepted.join();
      awaitTrue(gate::isStopped);
      assertThat(received).isEmpty();
      held.forEach(others::kfree);
      compareAll(sent, memory);
      sender.join();
      assertThat(gate.stops()).isPositive();
      assertThat(failures).isEmpty();
      server.close().syncUninterruptibly();
      awaitTrue(() -> memory.type.statistics().inUse() == 0);
    }
  }

  @Test
  void aChannelThatClosesFailsItsWishesAndGetsNoMemory() throws Exception {
    try (Memory memory = new Memory(MIB)) {
      Channel server = serve(memory.allocator(true), true);
      CompletableFuture<Void> _ = send(server, content()).exceptionally(e -> null);
      MemoryGate gate = accepted.join();
      awaitTrue(gate::isStopped);
      channel.join().close().syncUninterruptibly();
      assertThat(failures.take()).isInstanceOf(ClosedChannelException.class);
      for (ByteBuf buffer = received.poll(); buffer != null; buffer = received.poll()) {
        buffer.release();
      }
      server.close().syncUninterruptibly();
      awaitTrue(() -> memory.type.statistics().inUse() == 0);
      awaitTrue(() -> memory.kmalloc.pageStatistics().waiting() == 0);
    }
  }

  @Test
  void onlyTheEventLoopMayAsk() throws Exception {
    try (Memory memory = new Memory(MIB)) {
      Channel server = serve(memory.allocator(true), true);
      CompletableFuture<Void> sender = send(server, new byte[1]);
      MemoryGate gate = accepted.join();
      assertThatThrownBy(() -> gate.buffer(1, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("event loop");
      received.take().release();
      sender.join();
      server.close().syncUninterruptibly();
      awaitTrue(() -> memory.type.statistics().inUse() == 0);
    }
  }

  @Test
  void anEventLoopGetsAnExceptionWithTheNumbers() throws Exception {
    try (Memory memory = new Memory(Kmalloc.builder().arena(16 * MIB), 100_000)) {
      KmallocByteBufAllocator allocator = memory.allocator(true);
      AtomicLong asked = new AtomicLong();
      Future<?> task =
          loops.submit(
              () ->
                  assertThatThrownBy(() -> allocator.directBuffer(200_000))
                      .isInstanceOfSatisfying(
                          BufferExhaustedException.class, e -> asked.set(e.bytes()))
                      .hasMessageContaining("200000")
                      .hasMessageContaining("limit=100000"));
      task.sync();
      assertThat(asked).hasValue(200_000);
    }
  }
}
