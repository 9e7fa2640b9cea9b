package dev.waitok.benchmarks.workload;

/**
 * What does a free cost when another thread allocated?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh XmallocTestBenchmark
 * </pre>
 */
public class XmallocTestBenchmark extends AllocatorBenchmark {
  @Override
  Workload open() {
    return new XmallocTest(allocator(XmallocTest.slots(threads)), threads);
  }
}
