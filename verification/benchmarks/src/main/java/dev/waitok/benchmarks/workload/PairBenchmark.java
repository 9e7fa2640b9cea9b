package dev.waitok.benchmarks.workload;

import org.openjdk.jmh.annotations.Param;

/**
 * What does the shortest life cost: allocate, write and read a byte, free?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh PairBenchmark</pre>
 */
public class PairBenchmark extends AllocatorBenchmark {
  @Param({"16", "256", "4096", "65536"})
  public int size;

  @Override
  Workload open() {
    return new Pair(allocator(1), threads, size);
  }
}
