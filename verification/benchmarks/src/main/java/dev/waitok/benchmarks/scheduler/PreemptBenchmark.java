package dev.waitok.benchmarks.scheduler;

import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * What does an interrupt cost the thread that it interrupts, there and back? A thread raises it on
 * its own cpu, where raising is a preemption point: the handler has run when the call returns,
 * which is checked. Virtual threads know no interrupts; a hand-over there and back stands beside
 * it.
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh PreemptBenchmark</pre>
 */
public class PreemptBenchmark extends SchedulerBenchmark {
  private static final int SIZE = 256;

  private int handled;

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void thread(OneCpu state) throws InterruptedException {
    raise(state, state.cpu().interrupt("thread", Priority.INT_MED, () -> handled++));
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void fast(OneCpu state) throws InterruptedException {
    raise(state, state.cpu().fastInterrupt("fast", Priority.INT_MED, () -> handled++));
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void fastWithPair(OneCpu state) throws InterruptedException {
    MallocType type = state.type();
    Runnable handler =
        () -> {
          long block = type.kmallocAddress(SIZE);
          type.kfree(block);
          handled++;
        };
    raise(state, state.cpu().fastInterrupt("fast", Priority.INT_MED, handler));
  }

  /** The handler would switch on top of the thread it interrupts: it runs again as a thread. */
  @Benchmark
  @OperationsPerInvocation(MANY)
  public void fastThatFallsBack(OneCpu state) throws InterruptedException {
    Runnable handler =
        () -> {
          if (Objects.requireNonNull(Lwkt.current()).priority().equals(Priority.KERN_DAEMON)) {
            Lwkt.switchAway();
          }
          handled++;
        };
    raise(state, state.cpu().fastInterrupt("fast", Priority.INT_MED, handler));
  }

  /** There and back between two virtual threads, by unpark and park. */
  @Benchmark
  @OperationsPerInvocation(MANY)
  public void virtualThreads() throws InterruptedException {
    ThreadFactory factory = Thread.ofVirtual().factory();
    Baton baton = new Baton(MANY);
    Thread first = factory.newThread(() -> baton.play(0));
    Thread second = factory.newThread(() -> baton.play(1));
    baton.between(first, second);
    first.start();
    second.start();
    first.join();
    second.join();
  }

  private void raise(OneCpu state, Interrupt interrupt) throws InterruptedException {
    handled = 0;
    state.run(
        () -> {
          for (int i = 0; i < MANY; i++) {
            boolean _ = interrupt.raise();
          }
          if (handled != MANY) {
            throw new IllegalStateException(handled + " of " + MANY + " interrupts were handled");
          }
        });
    interrupt.close();
    interrupt.thread().join();
    if (handled != MANY) {
      throw new IllegalStateException("the interrupts were handled late");
    }
  }
}
