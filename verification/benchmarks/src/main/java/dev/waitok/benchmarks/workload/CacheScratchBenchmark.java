package dev.waitok.benchmarks.workload;

/**
 * Do blocks share cache lines between threads that got a line from one owner?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh CacheScratchBenchmark
 * </pre>
 */
public class CacheScratchBenchmark extends AllocatorBenchmark {
  @Override
  boolean handsOver() {
    return true;
  }

  @Override
  Workload open() {
    return new CacheScratch(allocator(threads), threads);
  }
}
