package dev.waitok.examples.memcached;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values on their way: half received, or held for a client that reads slowly. Eviction cannot have
 * their memory, so they have a budget; who is under way for longest is closed when it is exceeded.
 * Who sends and reads as fast as the network lets it is never that one for long.
 */
final class Transfers {
  private final long budget;
  private final Map<Transfer, Closeable> underWay = new LinkedHashMap<>();
  private long bytes;

  /** So many bytes may be under way, and one value in any case. */
  Transfers(long budget) {
    this.budget = budget;
  }

  /** A value on its way, until it is closed. */
  final class Transfer implements AutoCloseable {
    private final long length;

    private Transfer(long length) {
      this.length = length;
    }

    @Override
    public void close() {
      synchronized (underWay) {
        if (underWay.remove(this) != null) {
          bytes -= length;
        }
      }
    }
  }

  /**
   * Begins one; the oldest others are closed if there is too much under way.
   *
   * @param wire what to close if this becomes the oldest of too many
   */
  Transfer begin(long length, Closeable wire) {
    Transfer transfer = new Transfer(length);
    List<Closeable> tooSlow = new ArrayList<>();
    synchronized (underWay) {
      bytes += length;
      Iterator<Map.Entry<Transfer, Closeable>> oldest = underWay.entrySet().iterator();
      while (bytes > budget && oldest.hasNext()) {
        Map.Entry<Transfer, Closeable> other = oldest.next();
        bytes -= other.getKey().length;
        tooSlow.add(other.getValue());
        oldest.remove();
      }
      underWay.put(transfer, wire);
    }
    tooSlow.forEach(Transfers::close);
    return transfer;
  }

  private static void close(Closeable wire) {
    try {
      wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a client that is too slow cannot be closed", e);
    }
  }

  /** How many bytes are under way. */
  long bytes() {
    synchronized (underWay) {
      return bytes;
    }
  }
}
