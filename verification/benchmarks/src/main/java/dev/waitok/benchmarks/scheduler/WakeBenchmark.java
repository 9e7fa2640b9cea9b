package dev.waitok.benchmarks.scheduler;

import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long does it take until another processor executes the first instruction that it is asked
 * for: a cpu that is busy and polls, a cpu that is idle, a parked thread? From the call until the
 * caller sees that instruction's effect; the median counts.
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh WakeBenchmark</pre>
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WakeBenchmark extends SchedulerBenchmark {
  @Benchmark
  public void ipiToBusyCpu(BusyCpu busy) {
    busy.answered = false;
    boolean _ = busy.cpu.cpu().send(busy.answer);
    busy.await();
  }

  @Benchmark
  public void interruptToIdleCpu(IdleCpu idle) {
    idle.answered = false;
    boolean _ = idle.interrupt.raise();
    idle.await();
  }

  @Benchmark
  public void unparkPlatformThread(PlatformSleeper state) {
    state.sleeper.ask();
  }

  @Benchmark
  public void unparkVirtualThread(VirtualSleeper state) {
    state.sleeper.ask();
  }

  /** Somebody who says that it has run. */
  @State(Scope.Benchmark)
  public abstract static class Answer {
    final OneCpu cpu = new OneCpu();
    volatile boolean answered;

    final void await() {
      while (!answered) {
        Thread.onSpinWait();
      }
    }
  }

  /** A cpu on which a thread polls all the time. */
  public static class BusyCpu extends Answer {
    private static final long GAP_NANOS = 5_000;

    final Runnable answer = () -> answered = true;
    private volatile boolean ended;
    private @Nullable LwktThread busy;

    @Setup(Level.Trial)
    public void start() {
      busy =
          cpu.lwkt()
              .thread("busy")
              .start(
                  () -> {
                    while (!ended) {
                      Lwkt.poll();
                    }
                  });
    }

    @Setup(Level.Invocation)
    public void gap() {
      Pause.spin(GAP_NANOS);
    }

    @TearDown(Level.Trial)
    public void stop() throws InterruptedException {
      ended = true;
      if (busy != null) {
        busy.join();
      }
      cpu.stop();
    }
  }

  /** A cpu on which nobody runs. */
  public static class IdleCpu extends Answer {
    /** Longer than a cpu looks for work before it sleeps. */
    private static final long IDLE_NANOS = 200_000;

    final Interrupt interrupt =
        cpu.cpu().interrupt("answer", Priority.INT_MED, () -> answered = true);

    @Setup(Level.Invocation)
    public void idle() {
      Pause.spin(IDLE_NANOS);
    }

    @TearDown(Level.Trial)
    public void stop() {
      cpu.stop();
    }
  }

  /** A parked platform thread. */
  @State(Scope.Benchmark)
  public static class PlatformSleeper {
    final Sleeper sleeper = new Sleeper(Thread.ofPlatform().daemon());

    @Setup(Level.Invocation)
    public void settle() {
      sleeper.settle();
    }

    @TearDown(Level.Trial)
    public void stop() throws InterruptedException {
      sleeper.end();
    }
  }

  /** A parked virtual thread on a carrier that has nothing else to do. */
  @State(Scope.Benchmark)
  public static class VirtualSleeper {
    final Sleeper sleeper = new Sleeper(Thread.ofVirtual());

    @Setup(Level.Invocation)
    public void settle() {
      sleeper.settle();
    }

    @TearDown(Level.Trial)
    public void stop() throws InterruptedException {
      sleeper.end();
    }
  }
}
