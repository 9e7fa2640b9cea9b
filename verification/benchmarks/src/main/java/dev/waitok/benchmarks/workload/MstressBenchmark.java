package dev.waitok.benchmarks.workload;

/**
 * What do lives of all lengths cost, some ended by other threads, every word checked?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh MstressBenchmark</pre>
 */
public class MstressBenchmark extends AllocatorBenchmark {
  @Override
  boolean handsOver() {
    return true;
  }

  @Override
  Workload open() {
    return new Mstress(allocator(Mstress.slots(threads)), threads);
  }
}
