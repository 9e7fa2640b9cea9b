package dev.waitok.benchmarks.scheduler;

import java.util.concurrent.ThreadFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does handing over by unpark and park cost, one way?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh ParkBenchmark</pre>
 */
public class ParkBenchmark extends SchedulerBenchmark {
  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  public void lwkt(OneCpu state) throws InterruptedException {
    play(state.cpu().threadFactory());
  }

  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  public void virtualThreadsOneCarrier() throws InterruptedException {
    play(Thread.ofVirtual().factory());
  }

  @Benchmark
  @Fork(
      value = 3,
      jvmArgsAppend = {Jvm.OPENS, Jvm.EXPORTS, Jvm.NATIVE, Jvm.TWO_CARRIERS})
  @OperationsPerInvocation(2 * MANY)
  public void virtualThreadsTwoCarriers() throws InterruptedException {
    play(Thread.ofVirtual().factory());
  }

  private static void play(ThreadFactory factory) throws InterruptedException {
    Baton baton = new Baton(MANY);
    Thread first = factory.newThread(() -> baton.play(0));
    Thread second = factory.newThread(() -> baton.play(1));
    baton.between(first, second);
    first.start();
    second.start();
    first.join();
    second.join();
  }
}
