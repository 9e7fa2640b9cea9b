package dev.waitok.benchmarks.scheduler;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does the JVM itself need to run a continuation and to come back?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh FloorBenchmark</pre>
 */
public class FloorBenchmark extends SchedulerBenchmark {
  private final Floor floor = new Floor();

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void rawContinuation() {
    floor.run(MANY);
  }
}
