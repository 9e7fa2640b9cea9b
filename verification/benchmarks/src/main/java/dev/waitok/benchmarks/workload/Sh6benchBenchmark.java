package dev.waitok.benchmarks.workload;

/**
 * What does a ring of many small blocks cost, of which a moving window stays?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh Sh6benchBenchmark</pre>
 */
public class Sh6benchBenchmark extends AllocatorBenchmark {
  @Override
  Workload open() {
    return new Sh6bench(allocator(Sh6bench.slots(threads)), threads);
  }
}
