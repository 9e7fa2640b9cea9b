package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.workload.BatchBenchmark;
import dev.waitok.benchmarks.workload.CacheScratchBenchmark;
import dev.waitok.benchmarks.workload.GlibcSimpleBenchmark;
import dev.waitok.benchmarks.workload.LarsonBenchmark;
import dev.waitok.benchmarks.workload.MstressBenchmark;
import dev.waitok.benchmarks.workload.PairBenchmark;
import dev.waitok.benchmarks.workload.ReplayBenchmark;
import dev.waitok.benchmarks.workload.Sh6benchBenchmark;
import dev.waitok.benchmarks.workload.WebSocketProxyBenchmark;
import dev.waitok.benchmarks.workload.XmallocTestBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One of the workloads, with its parameters.
 *
 * @param name as it is called in rows
 * @param benchmark its JMH class
 * @param parameters JMH's, but allocator, kind and threads
 */
record Work(String name, Class<?> benchmark, Map<String, String> parameters) {
  static final Work PAIR = pair(256);
  static final Work BATCH = new Work("batch of 1,000 mixed sizes", BatchBenchmark.class, Map.of());

  private static Work pair(int size) {
    return new Work("pair " + size + " B", PairBenchmark.class, Map.of("size", "" + size));
  }

  /** All of them, the most looked at first. */
  static List<Work> all(List<String> traces) {
    List<Work> all = new ArrayList<>(List.of(PAIR, BATCH, pair(16), pair(4096), pair(65_536)));
    all.add(new Work("glibc-simple", GlibcSimpleBenchmark.class, Map.of()));
    all.add(new Work("larson", LarsonBenchmark.class, Map.of()));
    all.add(new Work("mstress", MstressBenchmark.class, Map.of()));
    all.add(new Work("xmalloc-test", XmallocTestBenchmark.class, Map.of()));
    all.add(new Work("sh6bench", Sh6benchBenchmark.class, Map.of()));
    all.add(new Work("cache-scratch", CacheScratchBenchmark.class, Map.of()));
    for (int live : new int[] {128, 1024, 8192}) {
      String name = "websocket proxy, " + live + " live";
      all.add(new Work(name, WebSocketProxyBenchmark.class, Map.of("live", "" + live)));
    }
    for (String trace : traces) {
      String name = "replay of " + Traces.name(trace);
      all.add(new Work(name, ReplayBenchmark.class, Map.of("trace", trace)));
    }
    return all;
  }
}
