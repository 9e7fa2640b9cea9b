package dev.waitok.benchmarks.scheduler;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The part that the scheduler's benchmarks share: JMH's own thread starts the threads that do the
 * work and waits for them, once for many operations. The floor and the virtual threads stand beside
 * LWKT in the same class.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.OPENS, Jvm.EXPORTS, Jvm.NATIVE, Jvm.ONE_CARRIER, Jvm.ONE_CARRIER_AT_MOST})
public abstract class SchedulerBenchmark {
  /** Switches in one call: long against starting two threads, short against an iteration. */
  static final int MANY = 50_000;
}
