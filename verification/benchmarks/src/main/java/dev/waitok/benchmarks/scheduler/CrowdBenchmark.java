package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Does a switch cost more while many threads are blocked?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh CrowdBenchmark</pre>
 */
public class CrowdBenchmark extends SchedulerBenchmark {
  @Param({"10", "1000000"})
  public int blocked;

  private final OneCpu cpu = new OneCpu();
  private final List<LwktThread> crowd = new ArrayList<>();

  @Setup(Level.Trial)
  public void start() throws InterruptedException {
    for (int i = 0; i < blocked; i++) {
      crowd.add(BlockedThreads.lwkt(cpu.lwkt()));
    }
    cpu.run(Lwkt::yield); // all have run until they blocked
  }

  @TearDown(Level.Trial)
  public void stop() throws InterruptedException {
    for (LwktThread thread : crowd) {
      thread.schedule();
    }
    for (LwktThread thread : crowd) {
      thread.join();
    }
    cpu.stop();
  }

  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  public void yieldBesideBlocked() throws InterruptedException {
    new YieldBenchmark().lwkt(cpu);
  }
}
