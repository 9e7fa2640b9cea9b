package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does a poll add to a loop whose step is a nanosecond or two, and what does a FAST interrupt
 * at a poll? All loops run on an LWKT thread; a step is the same in each.
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh PollBenchmark</pre>
 */
public class PollBenchmark extends SchedulerBenchmark {
  private static final int STEPS = 2_000_000;
  private static final int POLLS = 200_000;

  private long result = 1;
  private int handled;

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public long loop(OneCpu state) throws InterruptedException {
    state.run(() -> result = steps(result));
    return result;
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public long loopWithPoll(OneCpu state) throws InterruptedException {
    state.run(() -> result = stepsAndPolls(result));
    return result;
  }

  /** A raise and a poll, with a handler that counts: all that such an interrupt costs. */
  @Benchmark
  @OperationsPerInvocation(POLLS)
  public int fastInterrupt(OneCpu state) throws InterruptedException {
    handled = 0;
    Interrupt fast = state.cpu().fastInterrupt("fast", Priority.INT_MED, () -> handled++);
    state.run(
        () -> {
          for (int i = 0; i < POLLS; i++) {
            boolean _ = fast.raise();
            Lwkt.poll();
          }
        });
    fast.close();
    fast.thread().join();
    if (handled != POLLS) {
      throw new IllegalStateException(handled + " of " + POLLS + " interrupts were handled");
    }
    return handled;
  }

  private static long steps(long from) {
    long x = from;
    for (int i = 0; i < STEPS; i++) {
      x = step(x);
    }
    return x;
  }

  private static long stepsAndPolls(long from) {
    long x = from;
    for (int i = 0; i < STEPS; i++) {
      x = step(x);
      Lwkt.poll();
    }
    return x;
  }

  /** Six operations, each of which needs the one before: a nanosecond or two. */
  private static long step(long x) {
    long y = x ^ (x << 13);
    y ^= y >>> 7;
    return y ^ (y << 17);
  }
}
