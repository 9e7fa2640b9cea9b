package dev.waitok.benchmarks.workload;

/**
 * What do runs of small blocks cost, one half freed in order, one in reverse?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh GlibcSimpleBenchmark
 * </pre>
 */
public class GlibcSimpleBenchmark extends AllocatorBenchmark {
  @Override
  Workload open() {
    return new GlibcSimple(allocator(GlibcSimple.slots(threads)), threads);
  }
}
