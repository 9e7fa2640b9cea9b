package dev.waitok.examples.memcached;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.Scheduler;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Cpu;
import dev.waitok.lwkt.IoChannel;
import dev.waitok.lwkt.IoSource;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktClosedException;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A memcached server: a thread a connection, in blocking style, on LWKT cpus; sockets are sources
 * of interrupts, and values are blocks of kmalloc. Listens on the loopback interface only.
 */
public final class MemcachedServer implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final Duration RETRY = Duration.ofMillis(100);

  /** How long a client may leave a command half sent, or an answer unread. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What the arena has beside the values: half-filled zones, values on their way. */
  private static final long BESIDE = 16 << 20;

  private final Kmalloc kmalloc;
  private final Lwkt lwkt;
  private final Store store;
  private final Statistics statistics = new Statistics();
  private final List<IoSource> sources = new ArrayList<>();
  private final ServerSocketChannel listening;
  private final int mostConnections;
  private final Duration patience;
  private final Door door;

  /** How clients come in. */
  @FunctionalInterface
  interface Door {
    /** The next client that is there, or null; as {@link ServerSocketChannel#accept} has it. */
    @Nullable SocketChannel accept(ServerSocketChannel listening) throws IOException;
  }

  /**
   * Starts a server.
   *
   * @param port 0 for a free one
   * @param memory how many bytes items may have, with their keys and what they cost on the heap
   * @param dispatch how its threads are dispatched
   * @param mostConnections further clients are closed at once
   * @throws IOException if the port cannot be had
   */
  public MemcachedServer(int port, long memory, DispatchOption dispatch, int mostConnections)
      throws IOException {
    this(port, memory, dispatch, mostConnections, PATIENCE, ServerSocketChannel::accept);
  }

  /**
   * Starts a server.
   *
   * @param patience how long a client may leave a command half sent, or an answer unread
   * @param door how clients come in
   */
  MemcachedServer(
      int port,
      long memory,
      DispatchOption dispatch,
      int mostConnections,
      Duration patience,
      Door door)
      throws IOException {
    this.mostConnections = mostConnections;
    this.patience = patience;
    this.door = door;
    listening = ServerSocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
    try {
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      listening.close();
      throw new IOException("port " + port + " cannot be had: " + e.getMessage(), e);
    }
    kmalloc = Kmalloc.builder().arena(memory + memory / 4 + BESIDE).build();
    store = new Store(kmalloc, memory, System::currentTimeMillis);
    lwkt = Scheduler.start(kmalloc, dispatch, Runtime.getRuntime().availableProcessors());
    for (Cpu cpu : lwkt.cpus()) {
      sources.add(cpu.io("sockets" + cpu.index(), Priority.INT_HIGH));
    }
    IoChannel clients = sources.getFirst().register(listening);
    lwkt.thread("acceptor").cpu(0).start(() -> accept(clients));
  }

  /** The port that it listens on. */
  public int port() {
    try {
      return ((InetSocketAddress) listening.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How its threads are dispatched. */
  public String dispatch() {
    return Scheduler.dispatch(lwkt);
  }

  Store store() {
    return store;
  }

  Statistics statistics() {
    return statistics;
  }

  List<IoSource> sources() {
    return sources;
  }

  private void accept(IoChannel clients) {
    int next = 0;
    while (listening.isOpen() && !Thread.currentThread().isInterrupted()) {
      try {
        SocketChannel socket = door.accept(listening);
        if (socket == null) {
          clients.await(SelectionKey.OP_ACCEPT);
        } else {
          begin(socket, sources.get(next++ % sources.size()));
        }
      } catch (IOException e) {
        // The server closes; or there are no more sockets to be had, and some may be in a while.
        Lwkt.tsleep(this, "sockets", RETRY);
      }
    }
  }

  private void begin(SocketChannel socket, IoSource source) throws IOException {
    if (!statistics.connected(mostConnections)) {
      socket.close();
      return;
    }
    try {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Wire wire = new Channel(socket, source.register(socket), patience);
      lwkt.thread("client").cpu(source.thread().cpu().index()).start(() -> serve(wire));
    } catch (IOException | LwktClosedException e) {
      statistics.disconnected(); // it has gone already, or the server closes
      socket.close();
    }
  }

  private void serve(Wire wire) {
    try (wire) {
      new Connection(wire, store, statistics).serve();
    } catch (IOException e) {
      // The client has gone, does not read, or the server closes: its connection ends, no more.
    } finally {
      statistics.disconnected();
    }
  }

  /** Closes all connections and frees all memory. */
  @Override
  public void close() throws IOException {
    listening.close();
    lwkt.close();
    store.close();
    kmalloc.close();
  }
}
