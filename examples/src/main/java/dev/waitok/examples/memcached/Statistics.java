package dev.waitok.examples.memcached;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What {@code stats} prints. */
final class Statistics {
  private final long startedAt = System.nanoTime();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder changes = new LongAdder();
  private final LongAdder connectionsInAll = new LongAdder();
  private final LongAdder connectionsRefused = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();

  void got(boolean hit) {
    (hit ? hits : misses).increment();
  }

  void changed() {
    changes.increment();
  }

  /** One more connection; false, and none, if that is above the limit. */
  boolean connected(int limit) {
    if (connections.incrementAndGet() > limit) {
      connections.decrementAndGet();
      connectionsRefused.increment();
      return false;
    }
    connectionsInAll.increment();
    return true;
  }

  void disconnected() {
    connections.decrementAndGet();
  }

  int connections() {
    return connections.get();
  }

  /** Who is told a statistic. */
  @FunctionalInterface
  interface Reader {
    void stat(String name, String value) throws IOException;
  }

  void write(Store store, Reader to) throws IOException {
    to.stat("pid", "" + ProcessHandle.current().pid());
    to.stat("uptime", "" + (System.nanoTime() - startedAt) / 1_000_000_000);
    to.stat("time", "" + store.now() / 1000);
    to.stat("version", Commands.VERSION);
    to.stat("curr_connections", "" + connections.get());
    to.stat("total_connections", "" + connectionsInAll.sum());
    to.stat("rejected_connections", "" + connectionsRefused.sum());
    to.stat("cmd_get", "" + (hits.sum() + misses.sum()));
    to.stat("cmd_set", "" + changes.sum());
    to.stat("get_hits", "" + hits.sum());
    to.stat("get_misses", "" + misses.sum());
    to.stat("curr_items", "" + store.items());
    to.stat("bytes", "" + store.bytes());
    to.stat("limit_maxbytes", "" + store.limit());
    to.stat("evictions", "" + store.evictions());
  }
}
