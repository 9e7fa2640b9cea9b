package dev.waitok.benchmarks.workload;

import java.io.IOException;
import org.openjdk.jmh.annotations.Param;

/**
 * What does an event of a real program's recording cost?
 *
 * <pre>java -jar verification/benchmarks/target/waitok-benchmarks.jar jmh ReplayBenchmark</pre>
 */
public class ReplayBenchmark extends AllocatorBenchmark {
  /** The bundled recordings, or files. */
  @Param({"compiler.trace.gz", "repack.trace.gz"})
  public String trace = "";

  @Override
  Workload open() throws IOException {
    Script script = Script.read(trace);
    return new Replay(allocator(threads * script.slots()), threads, script);
  }
}
