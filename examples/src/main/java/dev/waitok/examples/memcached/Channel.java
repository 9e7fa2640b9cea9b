package dev.waitok.examples.memcached;

import dev.waitok.lwkt.IoChannel;
import dev.waitok.lwkt.Lwkt;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A socket, waited for off the cpu. */
final class Channel implements Wire {
  private final SocketChannel socket;
  private final IoChannel readiness;
  private final Duration patience;

  /**
   * Over a socket that is registered.
   *
   * @param patience how long the client may leave a command half sent, or an answer unread
   */
  Channel(SocketChannel socket, IoChannel readiness, Duration patience) {
    this.socket = socket;
    this.readiness = readiness;
    this.patience = patience;
  }

  @Override
  public void read(ByteBuffer into, boolean begun) throws IOException {
    boolean yielded = false;
    int n;
    while ((n = socket.read(into)) == 0 && into.hasRemaining()) {
      if (!yielded) {
        Lwkt.yield(); // the cpu's other clients go first; what comes meanwhile needs no selector
        yielded = true;
      } else if (begun) {
        readiness.await(SelectionKey.OP_READ, patience);
      } else {
        readiness.await(SelectionKey.OP_READ);
      }
    }
    if (n < 0) {
      throw new EOFException();
    }
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      if (socket.write(from) == 0) {
        readiness.await(SelectionKey.OP_WRITE, patience);
      }
    }
  }

  @Override
  public void close() throws IOException {
    readiness.close();
  }
}
