package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.benchmarks.threads.ThreadKind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The part that the benchmarks of all workloads share. JMH's own thread calls one round after
 * another; the threads of the asked kind do the work. What counts is the secondary result {@code
 * operations}, the time of one operation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-XX:MaxDirectMemorySize=2g",
      "-Dio.netty.leakDetection.level=disabled",
      "-Dio.netty.noUnsafe=false",
      "-Dio.netty.tryReflectionSetAccessible=true",
      "-Dio.netty.allocator.useCacheForAllThreads=true",
      "-Dio.netty.buffer.checkAccessible=false",
      "-Dio.netty.buffer.checkBounds=false"
    })
public abstract class AllocatorBenchmark {
  /** Long against waking the threads, short against an iteration. */
  private static final long ROUND_NANOS = 20_000_000;

  @Param public Subject allocator = Subject.KMALLOC;

  @Param public ThreadKind kind = ThreadKind.LWKT;

  @Param({"1", "2"})
  public int threads;

  private @Nullable Rounds rounds;

  /** Opens the allocator with the slots that the workload needs, and the workload on it. */
  abstract Workload open() throws Exception;

  /** Whether a block may be freed by another thread than made it, even if one works at a time. */
  boolean handsOver() {
    return false;
  }

  /** Opens the allocator. */
  final Allocator allocator(int slots) {
    return allocator.open(slots, threads > 1 || handsOver());
  }

  @Setup(Level.Trial)
  public final void start() throws Exception {
    rounds = new Rounds(open(), kind);
  }

  @TearDown(Level.Trial)
  public final void stop() {
    if (rounds != null) {
      rounds.close();
    }
  }

  @Benchmark
  public void round(Operations counter) {
    if (rounds != null) {
      counter.operations += rounds.run(ROUND_NANOS);
    }
  }

  /** What a round has done. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Operations {
    public long operations;

    @Setup(Level.Iteration)
    public final void reset() {
      operations = 0;
    }
  }
}
