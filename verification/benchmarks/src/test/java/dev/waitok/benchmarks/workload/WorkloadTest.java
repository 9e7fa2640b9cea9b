package dev.waitok.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.benchmarks.peer.Allocator;
import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.benchmarks.threads.ThreadKind;
import dev.waitok.examples.trace.BundledTraces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A round of no length is one chunk of every workload, on every byte of which is looked. */
class WorkloadTest {
  /** Chunks are counted in operations; a round is over when its time is. */
  private static final long ONE_CHUNK = 0;

  private record Case(IntUnaryOperator slots, BiFunction<Allocator, Integer, Workload> workload) {}

  private static Map<String, Case> cases() throws Exception {
    Script script = Script.read(BundledTraces.REPACK);
    Map<String, Case> all = new LinkedHashMap<>();
    all.put("pair", new Case(n -> 1, (a, n) -> new Pair(a, n, 256)));
    all.put("batch", new Case(Batch::slots, Batch::new));
    all.put("glibc-simple", new Case(GlibcSimple::slots, GlibcSimple::new));
    all.put("larson", new Case(Larson::slots, Larson::new));
    all.put("mstress", new Case(Mstress::slots, Mstress::new));
    all.put("xmalloc-test", new Case(XmallocTest::slots, XmallocTest::new));
    all.put("sh6bench", new Case(Sh6bench::slots, Sh6bench::new));
    all.put("cache-scratch", new Case(n -> n, CacheScratch::new));
    all.put(
        "websocket proxy",
        new Case(n -> WebSocketProxy.slots(n, 128), (a, n) -> new WebSocketProxy(a, n, 128)));
    all.put("replay", new Case(n -> n * script.slots(), (a, n) -> new Replay(a, n, script)));
    return all;
  }

  @TestFactory
  List<DynamicTest> leavesContentsAlone() throws Exception {
    return cases().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> run(e.getValue())))
        .toList();
  }

  private static void run(Case workload) {
    for (int threads = 1; threads <= 2; threads++) {
      for (ThreadKind kind : List.of(ThreadKind.LWKT, ThreadKind.PLATFORM)) {
        int slots = workload.slots.applyAsInt(threads);
        CheckedAllocator allocator =
            new CheckedAllocator(Subject.KMALLOC.open(slots, threads > 1), slots);
        try (Rounds rounds = new Rounds(workload.workload.apply(allocator, threads), kind)) {
          assertThat(rounds.run(ONE_CHUNK)).isPositive();
          assertThat(rounds.run(ONE_CHUNK)).isPositive();
        }
        assertThat(allocator.isEmpty()).isTrue();
      }
    }
  }

  @Test
  void runsOnPeersAsWell() throws Exception {
    for (Case workload : cases().values()) {
      Allocator allocator = Subject.GLIBC.open(workload.slots.applyAsInt(1), false);
      try (Rounds rounds = new Rounds(workload.workload.apply(allocator, 1), ThreadKind.PLATFORM)) {
        assertThat(rounds.run(ONE_CHUNK)).isPositive();
      }
    }
  }
}
