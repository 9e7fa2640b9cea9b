package dev.waitok.benchmarks.workload;

/**
 * What does a server cost whose threads leave their blocks to successors?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh LarsonBenchmark</pre>
 */
public class LarsonBenchmark extends AllocatorBenchmark {
  @Override
  boolean handsOver() {
    return true;
  }

  @Override
  Workload open() {
    return new Larson(allocator(Larson.slots(threads)), threads);
  }
}
