package dev.waitok.benchmarks.workload;

import org.openjdk.jmh.annotations.Param;

/**
 * What does a buffer of a WebSocket proxy cost, with many others live?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh WebSocketProxyBenchmark
 * </pre>
 */
public class WebSocketProxyBenchmark extends AllocatorBenchmark {
  @Param({"128", "1024", "8192"})
  public int live;

  @Override
  Workload open() {
    return new WebSocketProxy(allocator(WebSocketProxy.slots(threads, live)), threads, live);
  }
}
