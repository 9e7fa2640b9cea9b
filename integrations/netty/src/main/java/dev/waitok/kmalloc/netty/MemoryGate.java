package dev.waitok.kmalloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stops a channel's reading while there is no memory for its buffers, and goes on when there is; so
 * that nothing is dropped, and the peer is slowed down by its own full socket. One for each
 * channel, <b>first in its pipeline</b>, whose allocator is the same:
 *
 * <pre>{@code
 * pipeline.addLast(gate, new SimpleChannelInboundHandler<ByteBuf>(false) {
 *   protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
 *     gate.buffer(message.readableBytes(), 1 << 20).addListener(f -> reply(ctx, message, f));
 *   }
 * });
 * }</pre>
 *
 * <p>It acts when {@link #buffer} finds nothing, and when the channel itself finds nothing to read
 * into. While it is stopped it holds the channel's auto-read off, and puts off a {@code read()} by
 * hand. Messages that were read before still arrive; what they ask for is given in their order.
 */
public final class MemoryGate extends ChannelDuplexHandler {
  private record Wish(int initialCapacity, int maxCapacity, Promise<ByteBuf> promise) {}

  private final KmallocByteBufAllocator allocator;
  private final Deque<Wish> wishes = new ArrayDeque<>();

  /** What the first wish waits for. */
  private @Nullable CompletableFuture<ByteBuf> asked;

  private @Nullable ChannelHandlerContext context;
  private boolean hadAutoRead;
  private boolean readPutOff;
  private volatile boolean stopped;
  private final AtomicLong stops = new AtomicLong();

  /**
   * A gate for one channel.
   *
   * @param allocator the channel's
   */
  public MemoryGate(KmallocByteBufAllocator allocator) {
    this.allocator = Objects.requireNonNull(allocator);
  }

  /**
   * A direct buffer: at once if there is memory and nobody of this channel waits; else when its
   * turn comes, and meanwhile the channel reads nothing. Called by the channel's event loop only.
   *
   * @param initialCapacity in bytes
   * @param maxCapacity in bytes
   * @return a future of the event loop, whose listeners may be called within this call; it fails if
   *     the channel is closed or kmalloc could never serve it. Who cancels it gets no buffer
   */
  public Future<ByteBuf> buffer(int initialCapacity, int maxCapacity) {
    ChannelHandlerContext ctx = requireEventLoop();
    if (wishes.isEmpty()) {
      ByteBuf now = allocator.tryDirectBuffer(initialCapacity, maxCapacity);
      if (now != null) {
        return ctx.executor().newSucceededFuture(now);
      }
    }
    Wish wish = new Wish(initialCapacity, maxCapacity, ctx.executor().newPromise());
    wishes.add(wish);
    stop(ctx);
    if (asked == null) {
      ask(ctx, wish);
    }
    return wish.promise;
  }

  private ChannelHandlerContext requireEventLoop() {
    ChannelHandlerContext ctx = context;
    if (ctx != null
        && !ctx.executor().inEventLoop()) { // first: others cannot tell if it is removed
      throw new IllegalStateException(
          "only the channel's event loop asks the gate: " + Thread.currentThread());
    }
    if (ctx == null || ctx.isRemoved()) {
      throw new IllegalStateException("the gate is in no pipeline");
    }
    return ctx;
  }

  private void ask(ChannelHandlerContext ctx, Wish wish) {
    CompletableFuture<ByteBuf> future =
        allocator.directBufferAsync(wish.initialCapacity, wish.maxCapacity);
    asked = future;
    CompletableFuture<ByteBuf> _ =
        future.whenComplete(
            (buffer, failure) -> {
              try {
                ctx.executor().execute(() -> served(ctx, wish, buffer, failure));
              } catch (RejectedExecutionException e) {
                if (buffer != null) {
                  buffer.release();
                }
              }
            });
  }

  /** In the event loop: the first wish has come true or failed. */
  private void served(
      ChannelHandlerContext ctx, Wish wish, @Nullable ByteBuf buffer, @Nullable Throwable failure) {
    if (!wish.equals(wishes.peek())) {
      if (buffer != null) {
        buffer.release(); // the channel was closed meanwhile
      }
      return;
    }
    asked = null;
    wishes.remove();
    if (buffer != null) {
      give(wish, buffer);
    } else {
      wish.promise.tryFailure(Objects.requireNonNull(failure));
    }
    serveOthers(ctx);
  }

  private void serveOthers(ChannelHandlerContext ctx) {
    for (Wish next = wishes.peek(); next != null && asked == null; next = wishes.peek()) {
      ByteBuf now = allocator.tryDirectBuffer(next.initialCapacity, next.maxCapacity);
      if (now == null) {
        ask(ctx, next);
      } else {
        wishes.remove();
        give(next, now);
      }
    }
    if (wishes.isEmpty()) {
      goOn(ctx);
    }
  }

  private static void give(Wish wish, ByteBuf buffer) {
    if (!wish.promise.trySuccess(buffer)) {
      buffer.release();
    }
  }

  private void stop(ChannelHandlerContext ctx) {
    if (!stopped) {
      stopped = true;
      stops.incrementAndGet();
      hadAutoRead = ctx.channel().config().isAutoRead();
      if (hadAutoRead) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  private void goOn(ChannelHandlerContext ctx) {
    if (stopped) {
      stopped = false;
      if (hadAutoRead) {
        ctx.channel().config().setAutoRead(true); // which reads
      } else if (readPutOff) {
        ctx.read();
      }
      readPutOff = false;
    }
  }

  /**
   * Whether the channel's reading is stopped. From any thread.
   *
   * @return whether somebody of this channel waits for memory
   */
  public boolean isStopped() {
    return stopped;
  }

  /**
   * How often reading was stopped so far. From any thread.
   *
   * @return the number
   */
  public long stops() {
    return stops.get();
  }

  // ---- the handler ----

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (context != null) {
      throw new IllegalStateException("a gate serves one channel only");
    }
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx);
    ctx.fireChannelInactive();
  }

  private void end(ChannelHandlerContext ctx) {
    CompletableFuture<ByteBuf> waiting = asked;
    asked = null;
    for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
      wish.promise.tryFailure(new ClosedChannelException());
    }
    if (waiting != null) {
      waiting.cancel(false);
    }
    goOn(ctx);
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (stopped) {
      readPutOff = true;
    } else {
      ctx.read();
    }
  }

  /** The channel found no memory to read into: nothing was read, so nothing is lost. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof BufferExhaustedException exhausted) {
      Future<ByteBuf> _ =
          buffer(exhausted.bytes(), exhausted.bytes())
              .addListener(
                  (Future<ByteBuf> room) -> {
                    if (room.isSuccess()) {
                      room.getNow().release();
                    } else if (ctx.channel().isActive()) {
                      ctx.fireExceptionCaught(room.cause());
                      ChannelFuture _ = ctx.close();
                    }
                  });
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
