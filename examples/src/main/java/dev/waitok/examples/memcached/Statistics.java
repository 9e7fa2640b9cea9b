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

  void write(Store store, Output out) throws IOException {
    stat(out, "pid", ProcessHandle.current().pid());
    stat(out, "uptime", (System.nanoTime() - startedAt) / 1_000_000_000);
    stat(out, "time", store.now() / 1000);
    out.line("STAT version " + Commands.VERSION);
    stat(out, "curr_connections", connections.get());
    stat(out, "total_connections", connectionsInAll.sum());
    stat(out, "rejected_connections", connectionsRefused.sum());
    stat(out, "cmd_get", hits.sum() + misses.sum());
    stat(out, "cmd_set", changes.sum());
    stat(out, "get_hits", hits.sum());
    stat(out, "get_misses", misses.sum());
    stat(out, "curr_items", store.items());
    stat(out, "bytes", store.bytes());
    stat(out, "limit_maxbytes", store.limit());
    stat(out, "evictions", store.evictions());
  }

  private static void stat(Output out, String name, long value) throws IOException {
    out.line("STAT " + name + " " + value);
  }
}
