package dev.waitok.benchmarks.compare;

import static dev.waitok.benchmarks.compare.Comparison.against;

import dev.waitok.benchmarks.compare.Task.Kind;
import dev.waitok.benchmarks.scheduler.CrowdBenchmark;
import dev.waitok.benchmarks.scheduler.FloorBenchmark;
import dev.waitok.benchmarks.scheduler.ParkBenchmark;
import dev.waitok.benchmarks.scheduler.PollBenchmark;
import dev.waitok.benchmarks.scheduler.PreemptBenchmark;
import dev.waitok.benchmarks.scheduler.ScheduleBenchmark;
import dev.waitok.benchmarks.scheduler.SpawnBenchmark;
import dev.waitok.benchmarks.scheduler.WakeBenchmark;
import dev.waitok.benchmarks.scheduler.YieldBenchmark;
import java.util.List;
import java.util.Map;

/** The rows about LWKT. */
final class SwitchRows {
  private static final double NO_BOUND = Double.NaN;
  private static final double MOST_BYTES = 1200;
  private static final int MILLION = 1_000_000;
  private static final int HUNDRED_THOUSAND = 100_000;

  private static final String LWKT = "lwkt/";
  private static final String FLOOR = "raw Continuation run/yield";
  private static final Task RAW = Task.of(FloorBenchmark.class, "rawContinuation", "floor/");
  private static final Task YIELD = Task.of(YieldBenchmark.class, "lwkt", LWKT);

  private SwitchRows() {}

  static List<Comparison> table() {
    return List.of(
        against("yield A->B, direct", FLOOR, 1.5, YIELD, RAW),
        against(
            "yield A->B, direct",
            "Thread.yield between two default virtual threads, parallelism 1",
            1.1,
            YIELD,
            virtual(YieldBenchmark.class, "virtualThreads")),
        against(
            "schedule+switch A->B, direct",
            "park/unpark baton between two default virtual threads, parallelism 2",
            0.5,
            Task.of(ScheduleBenchmark.class, "lwkt", LWKT),
            Task.of(ParkBenchmark.class, "virtualThreadsTwoCarriers", Forks.TWO_CARRIERS + "/")),
        against(
            "preempt and return, thread", FLOOR + " (two switches)", 3.2, preempt("thread"), RAW),
        against(
            "preempt and return, FAST, with a kmalloc/kfree pair in the handler",
            FLOOR,
            0.25,
            preempt("fastWithPair"),
            RAW),
        against("FAST interrupt at a poll", FLOOR, 0.05, poll("fastInterrupt"), RAW),
        against(
            "poll added to a scalar loop",
            "the loop without it",
            1.05,
            poll("loopWithPoll"),
            poll("loop")),
        against(
            "IPI to a busy polling cpu, first instruction of the handler, p50",
            "unpark of a parked platform thread to its first instruction, p50",
            0.25,
            wake("ipiToBusyCpu"),
            wake("unparkPlatformThread")),
        Comparison.limit(
            "1,000,000 blocked LWKT threads, memory each",
            "limit of 1.2 KB",
            "B",
            1.0,
            blocked(Kind.BLOCKED_LWKT, MILLION),
            MOST_BYTES),
        against(
            "switch beside 1,000,000 blocked LWKT threads",
            "beside 10",
            1.5,
            crowd(MILLION),
            crowd(10)));
  }

  /** The same things done by default virtual threads, and what the table has no row for. */
  static List<Comparison> others() {
    Task baton = virtual(ParkBenchmark.class, "virtualThreadsOneCarrier");
    String oneCarrier = "park/unpark between default virtual threads, parallelism 1";
    String thereAndBack = oneCarrier + ", there and back";
    Task twice = virtual(PreemptBenchmark.class, "virtualThreads");
    return List.of(
        against(
            "park/unpark A->B, direct",
            oneCarrier,
            NO_BOUND,
            Task.of(ParkBenchmark.class, "lwkt", LWKT),
            baton),
        against(
            "schedule+switch A->B, direct",
            oneCarrier,
            NO_BOUND,
            Task.of(ScheduleBenchmark.class, "lwkt", LWKT),
            baton),
        against("preempt and return, thread", thereAndBack, NO_BOUND, preempt("thread"), twice),
        against("preempt and return, FAST", thereAndBack, NO_BOUND, preempt("fast"), twice),
        against(
            "preempt and return, FAST that falls back to a thread",
            thereAndBack,
            NO_BOUND,
            preempt("fastThatFallsBack"),
            twice),
        against(
            "spawn and finish",
            "the same with default virtual threads, parallelism 1",
            NO_BOUND,
            Task.of(SpawnBenchmark.class, "lwkt", LWKT),
            virtual(SpawnBenchmark.class, "virtualThreads")),
        against(
            "interrupt to an idle cpu, first instruction, p50",
            "unpark of a parked virtual thread on an idle carrier, p50",
            NO_BOUND,
            wake("interruptToIdleCpu"),
            wake("unparkVirtualThread")),
        against(
                "100,000 blocked threads, memory each",
                "default virtual threads",
                NO_BOUND,
                blocked(Kind.BLOCKED_LWKT, HUNDRED_THOUSAND),
                blocked(Kind.BLOCKED_VIRTUAL, HUNDRED_THOUSAND))
            .in("B"));
  }

  private static Task virtual(Class<?> benchmark, String method) {
    return Task.of(benchmark, method, Forks.ONE_CARRIER + "/");
  }

  private static Task preempt(String method) {
    return Task.of(PreemptBenchmark.class, method, LWKT);
  }

  private static Task poll(String method) {
    return Task.of(PollBenchmark.class, method, "poll/");
  }

  private static Task wake(String method) {
    return Task.of(WakeBenchmark.class, method, "wake/").withKind(Kind.JMH_MEDIAN);
  }

  private static Task blocked(Kind kind, int threads) {
    Task task = Task.probe(kind, "" + threads);
    String fork = Forks.CROWD + "/" + task.fork();
    return new Task(task.id(), fork, kind, task.target(), Map.of(), true);
  }

  private static Task crowd(int threads) {
    return Task.of(CrowdBenchmark.class, "yieldBesideBlocked", Forks.CROWD + "/")
        .with(Map.of("blocked", "" + threads))
        .measuredOnce();
  }
}
