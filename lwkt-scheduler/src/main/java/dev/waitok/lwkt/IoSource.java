package dev.waitok.lwkt;

import dev.waitok.lwkt.io.Latencies;
import dev.waitok.lwkt.io.Readiness;
import dev.waitok.lwkt.io.ReadinessLoop;
import dev.waitok.lwkt.sched.ItemSource;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * NIO channels as sources of interrupts: a plain thread waits at a selector, and what is ready is
 * served by an interrupt of a cpu. Made by {@link Cpu#io}.
 *
 * <pre>{@code
 * IoSource io = lwkt.cpu(0).io("net", Priority.INT_HIGH);
 * IoChannel client = io.register(socketChannel);      // non-blocking from now on
 * lwkt.thread("echo").cpu(0).start(() -> {
 *   while (socketChannel.read(buffer) == 0) {         // an LWKT thread: waits off the cpu
 *     client.await(SelectionKey.OP_READ);
 *   }
 * });
 * }</pre>
 */
public final class IoSource implements AutoCloseable {
  private final String name;
  private final ReadinessLoop loop = new ReadinessLoop(this::toCpu);
  private final Latencies latencies = new Latencies();
  private final AtomicLong events = new AtomicLong();
  private final ItemSource<Readiness> source;
  private final LwktThread thread;

  /** Counted on the cpu. */
  private final AtomicLong handled = new AtomicLong();

  private volatile long mostWaiting;

  IoSource(Lwkt lwkt, Cpu cpu, String name, Priority priority) {
    this.name = name;
    thread = new LwktThread(cpu, priority, true);
    source =
        new ItemSource<>(
            cpu.scheduler(), name, priority.level(), thread, this::serve, () -> ended(lwkt));
  }

  private void ended(Lwkt lwkt) {
    loop.stop();
    thread.cpu().scheduler().machine().expectWork(-1);
    lwkt.ended(thread);
  }

  /** Starts the interrupt, then the selector's thread. */
  void open(Lwkt lwkt) {
    lwkt.open(source, thread);
    thread.cpu().scheduler().machine().expectWork(1);
    Thread.ofPlatform().daemon().name(name + "-selector").start(loop::run);
  }

  private boolean toCpu(Readiness readiness) {
    long waiting = events.incrementAndGet() - handled.get();
    if (waiting > mostWaiting) {
      mostWaiting = waiting; // by the selector's thread only
    }
    return source.raise(readiness);
  }

  /** On the cpu, for each channel that was seen to be ready. */
  private void serve(Readiness readiness) {
    latencies.add(System.nanoTime() - readiness.readySince());
    handled.setRelease(handled.getPlain() + 1);
    IntConsumer handler = readiness.takeHandler();
    if (handler != null) {
      handler.accept(readiness.ready());
    }
  }

  /**
   * Adds a channel. It is made non-blocking, and must not be registered with another selector for
   * the same operations. From any thread.
   *
   * @param channel a socket, server socket, datagram or pipe channel
   * @return what to wait for it with
   * @throws IOException if the channel is closed
   * @throws LwktClosedException if this source is closed
   */
  public IoChannel register(SelectableChannel channel) throws IOException {
    Readiness readiness = loop.add(Objects.requireNonNull(channel));
    if (!thread.isAlive()) {
      throw Failures.closed(name, "channels");
    }
    return new IoChannel(this, readiness);
  }

  String name() {
    return name;
  }

  /**
   * What it has counted.
   *
   * @return the figures of about now
   */
  public IoStatistics statistics() {
    long served = handled.get(); // first: what comes between the two reads waits
    return new IoStatistics(
        loop.channels(),
        events.get(),
        events.get() - served,
        mostWaiting,
        latencies.percentile(50),
        latencies.percentile(99),
        latencies.longest());
  }

  /**
   * The thread that runs the handlers.
   *
   * @return the interrupt thread
   */
  public LwktThread thread() {
    return thread;
  }

  /**
   * Serves what was seen, then takes no more and ends its threads. Who waits for a channel finds it
   * closed; the channels themselves stay open. Does not wait for that; {@link #thread} can be
   * joined. From any thread.
   */
  @Override
  public void close() {
    source.close();
  }

  @Override
  public String toString() {
    return thread.toString();
  }
}
