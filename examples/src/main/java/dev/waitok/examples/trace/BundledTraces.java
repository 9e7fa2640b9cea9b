package dev.waitok.examples.trace;

import java.io.IOException;
import java.io.InputStream;

/**
 * The two small recordings that come with the programs: the beginnings of a C compiler's run and of
 * a git repack with two delta threads. Sizes and times only; ids that the rest of the recording
 * would free stay live at the end.
 */
public final class BundledTraces {
  /** A compiler at -O2: many small blocks, some of 64 KiB and more. */
  public static final String COMPILER = "compiler.trace.gz";

  /** A git repack: bursts of blocks of 4 KiB to 144 KiB from three threads. */
  public static final String REPACK = "repack.trace.gz";

  private BundledTraces() {}

  /**
   * Reads one of them.
   *
   * @param name such as {@link #COMPILER}
   * @return the trace
   * @throws IOException if it is missing or damaged
   */
  public static Trace read(String name) throws IOException {
    try (InputStream in = BundledTraces.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + ": there is no bundled trace of this name");
      }
      return TraceReader.read(name, in);
    }
  }
}
