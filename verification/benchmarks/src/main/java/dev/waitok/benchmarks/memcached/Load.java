package dev.waitok.benchmarks.memcached;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A load: connections that each send one command after another, nine gets to a set, of keys that
 * are all there. A connection is a platform thread with a plain socket.
 *
 * @param connections how many
 * @param keys how many
 * @param valueBytes how long each value is
 * @param mostCommands each connection ends a phase after so many in any case
 * @param warmUp how long the load is there before it counts
 * @param measured how long it counts
 */
public record Load(
    int connections,
    int keys,
    int valueBytes,
    long mostCommands,
    Duration warmUp,
    Duration measured) {
  private static final int ONE_SET_IN = 10;
  private static final long SEED = 42;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int DIGITS = 3;
  private static final double TAIL = 99.9;

  /**
   * What a load has shown.
   *
   * @param commands how many were answered
   * @param nanosEach the time by the commands of all connections
   * @param tailNanos p99.9 of the time from a command to the end of its answer
   */
  public record Figures(long commands, double nanosEach, double tailNanos) {}

  /**
   * Stores all keys, then loads a server.
   *
   * @param port where it listens
   * @return what was measured
   * @throws IOException if a connection broke, or an answer was not what it had to be
   */
  public Figures put(int port) throws IOException, InterruptedException {
    byte[] value = new byte[valueBytes];
    for (int i = 0; i < valueBytes; i++) {
      value[i] = (byte) ('a' + i % 26);
    }
    List<Client> clients = new ArrayList<>();
    ExecutorService threads =
        Executors.newFixedThreadPool(connections, Thread.ofPlatform().daemon().factory());
    try {
      for (int i = 0; i < connections; i++) {
        clients.add(new Client(port, value));
      }
      for (int key = 0; key < keys; key++) {
        clients.getFirst().set(key);
      }
      Figures _ = phase(threads, clients, warmUp);
      return phase(threads, clients, measured);
    } finally {
      for (Client client : clients) {
        client.close();
      }
      threads.shutdownNow();
    }
  }

  private Figures phase(ExecutorService threads, List<Client> clients, Duration time)
      throws IOException, InterruptedException {
    Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
    List<Callable<Histogram>> work = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < clients.size(); i++) {
      Client client = clients.get(i);
      SplittableRandom random = new SplittableRandom(SEED + i);
      work.add(() -> commands(client, random, start + time.toNanos()));
    }
    for (Future<Histogram> each : threads.invokeAll(work)) {
      try {
        latencies.add(each.get());
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
    double nanos = System.nanoTime() - start;
    long commands = latencies.getTotalCount();
    return new Figures(commands, nanos / commands, latencies.getValueAtPercentile(TAIL));
  }

  private Histogram commands(Client client, SplittableRandom random, long end) throws IOException {
    Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
    long before = System.nanoTime();
    for (long i = 0; i < mostCommands && (i == 0 || before < end); i++) {
      int key = random.nextInt(keys);
      if (random.nextInt(ONE_SET_IN) == 0) {
        client.set(key);
      } else {
        client.get(key);
      }
      long after = System.nanoTime();
      latencies.recordValue(after - before);
      before = after;
    }
    return latencies;
  }
}
