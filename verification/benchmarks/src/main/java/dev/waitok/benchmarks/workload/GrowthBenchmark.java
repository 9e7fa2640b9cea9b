package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.threads.ThreadKind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * Does a pair cost more with more live blocks, in a larger arena, with more types?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh GrowthBenchmark</pre>
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
      "--enable-native-access=ALL-UNNAMED"
    })
public class GrowthBenchmark {
  private static final long ROUND_NANOS = 20_000_000;

  @Param({"1000", "10000000"})
  public long live;

  /** In MiB. */
  @Param("8192")
  public long arena;

  @Param({"1", "1000"})
  public int types;

  private @Nullable Rounds rounds;

  @Setup(Level.Trial)
  public void start() {
    rounds = new Rounds(new GrownPair(arena << 20, live, types), ThreadKind.LWKT);
  }

  @Benchmark
  public void round(AllocatorBenchmark.Operations counter) {
    if (rounds != null) {
      counter.operations += rounds.run(ROUND_NANOS);
    }
  }

  @TearDown(Level.Trial)
  public void stop() {
    if (rounds != null) {
      rounds.close();
    }
  }
}
