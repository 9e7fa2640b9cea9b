package dev.waitok.benchmarks.workload;

/**
 * What do 1,000 blocks of mixed sizes cost that are freed in another order?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh BatchBenchmark</pre>
 */
public class BatchBenchmark extends AllocatorBenchmark {
  @Override
  Workload open() {
    return new Batch(allocator(Batch.slots(threads)), threads);
  }
}
