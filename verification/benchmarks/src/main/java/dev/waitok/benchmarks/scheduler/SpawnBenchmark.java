package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.LwktThread;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does a thread cost that is made, runs, ends and is waited for?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh SpawnBenchmark</pre>
 */
public class SpawnBenchmark extends SchedulerBenchmark {
  private static final int THREADS = 5000;

  @Benchmark
  @OperationsPerInvocation(THREADS)
  public void lwkt(OneCpu state) throws InterruptedException {
    state.run(
        () -> {
          try {
            for (int i = 0; i < THREADS; i++) {
              LwktThread child = state.lwkt().thread("child").start(() -> {});
              child.join();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Benchmark
  @OperationsPerInvocation(THREADS)
  public void virtualThreads() throws InterruptedException {
    Thread.startVirtualThread(
            () -> {
              try {
                for (int i = 0; i < THREADS; i++) {
                  Thread.startVirtualThread(() -> {}).join();
                }
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            })
        .join();
  }
}
