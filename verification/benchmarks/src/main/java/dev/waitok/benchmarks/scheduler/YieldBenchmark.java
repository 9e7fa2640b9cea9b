package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does giving way to a thread of the same priority cost, one way?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh YieldBenchmark</pre>
 */
public class YieldBenchmark extends SchedulerBenchmark {
  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  public void lwkt(OneCpu state) throws InterruptedException {
    Gate gate = new Gate();
    Runnable body =
        () -> {
          gate.await(Lwkt::yield);
          for (int i = 0; i < MANY; i++) {
            Lwkt.yield();
          }
        };
    LwktThread first = state.lwkt().thread("a").start(body);
    state.lwkt().thread("b").start(body).join();
    first.join();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  @SuppressWarnings("ThreadPriorityCheck") // yield is what is measured
  public void virtualThreads() throws InterruptedException {
    Gate gate = new Gate();
    Runnable body =
        () -> {
          gate.await(Thread::yield);
          for (int i = 0; i < MANY; i++) {
            Thread.yield();
          }
        };
    // The second is started by the first: from outside it would never get the only carrier.
    Thread.startVirtualThread(
            () -> {
              Thread second = Thread.startVirtualThread(body);
              body.run();
              join(second);
            })
        .join();
  }
}
