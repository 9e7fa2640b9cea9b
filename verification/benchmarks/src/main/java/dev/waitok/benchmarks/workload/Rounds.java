package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import dev.waitok.benchmarks.peer.KmallocBacked;
import dev.waitok.benchmarks.threads.Crew;
import dev.waitok.benchmarks.threads.ThreadKind;

/** A workload that runs on a crew, round after round. */
public final class Rounds implements AutoCloseable {
  private final Workload workload;
  private final Crew crew;
  private final Meter[] meters;

  /**
   * Starts the threads.
   *
   * @param workload what they do
   * @param kind their kind
   */
  public Rounds(Workload workload, ThreadKind kind) {
    Allocator allocator = workload.allocator;
    this.workload = workload;
    this.crew =
        new Crew(
            kind,
            workload.threads,
            allocator instanceof KmallocBacked backed ? backed.kmalloc() : null);
    this.meters = new Meter[workload.threads];
  }

  /**
   * Runs a round.
   *
   * @param nanos how long, at least; a chunk that has begun is ended
   * @return how many operations all threads have done
   */
  public long run(long nanos) {
    workload.beginRound();
    crew.run(
        workload.startsThreads(),
        thread -> {
          Meter meter = new Meter(System.nanoTime() + nanos);
          workload.round(thread, meter);
          meters[thread] = meter;
        });
    long operations = 0;
    for (Meter meter : meters) {
      operations += meter.operations();
    }
    return operations;
  }

  @Override
  public void close() {
    crew.run(
        false,
        thread -> {
          if (thread == 0) {
            workload.end();
          }
        });
    crew.close();
    workload.allocator.close();
  }
}
