package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does making another thread runnable and switching to it cost, one way? Its counterpart is
 * {@code ParkBenchmark.virtualThreadsTwoCarriers}.
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh ScheduleBenchmark</pre>
 */
public class ScheduleBenchmark extends SchedulerBenchmark {
  @Benchmark
  @OperationsPerInvocation(2 * MANY)
  public void lwkt(OneCpu state) throws InterruptedException {
    Gate gate = new Gate();
    AtomicReferenceArray<LwktThread> threads = new AtomicReferenceArray<>(2);
    for (int i = 0; i < 2; i++) {
      int me = i;
      threads.set(me, state.lwkt().thread("t" + me).start(() -> play(gate, threads, me)));
    }
    threads.get(0).join();
    threads.get(1).join();
  }

  private static void play(Gate gate, AtomicReferenceArray<LwktThread> threads, int me) {
    gate.await(Lwkt::yield);
    while (threads.get(0) == null || threads.get(1) == null) {
      Lwkt.yield();
    }
    LwktThread self = Objects.requireNonNull(threads.get(me));
    LwktThread other = Objects.requireNonNull(threads.get(1 - me));
    for (int i = 0; i < MANY; i++) {
      self.deschedule();
      other.schedule();
      Lwkt.switchAway();
    }
    other.schedule();
  }
}
