package dev.waitok.examples.report;

/** Amounts as people write them: bytes in KiB and MiB, nanoseconds in us, ms and s. */
public final class Amount {
  private Amount() {}

  /**
   * Bytes, in the largest unit that leaves at least 1.
   *
   * @param bytes how many
   * @return such as {@code 3.6 MiB}
   */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double kib = bytes / 1024.0;
    return kib < 1024
        ? String.format("%.1f KiB", kib)
        : kib < 1024 * 1024
            ? String.format("%.1f MiB", kib / 1024)
            : String.format("%.1f GiB", kib / 1024 / 1024);
  }

  /**
   * A time, in the largest unit that leaves at least 1.
   *
   * @param nanos in nanoseconds
   * @return such as {@code 3.6 ms}
   */
  public static String nanos(long nanos) {
    return nanos < 1_000
        ? nanos + " ns"
        : nanos < 1_000_000
            ? String.format("%.1f us", nanos / 1e3)
            : nanos < 1_000_000_000
                ? String.format("%.1f ms", nanos / 1e6)
                : String.format("%.2f s", nanos / 1e9);
  }
}
