package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * Something that programs do with an allocator. It runs in rounds; in a round each thread repeats a
 * chunk of work until the round's time is over. What stays live between chunks is kept by thread
 * number, so that a successor may take over the blocks of a thread that has ended.
 */
public abstract class Workload {
  final Allocator allocator;
  final int threads;

  Workload(Allocator allocator, int threads) {
    this.allocator = allocator;
    this.threads = threads;
  }

  /** Does one chunk and returns how many operations that was. */
  abstract long chunk(int thread);

  /** Called before each round, by one thread. */
  void beginRound() {}

  /** What a thread does in a round. */
  void round(int thread, Meter meter) {
    while (meter.goesOn(chunk(thread))) {}
  }

  /** Whether each round has threads of its own, which end with it. */
  boolean startsThreads() {
    return false;
  }

  /** Frees what is live, after the last round, on the first of the lasting threads. */
  abstract void end();
}
