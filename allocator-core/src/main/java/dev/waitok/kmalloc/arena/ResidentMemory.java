package dev.waitok.kmalloc.arena;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says about the memory behind a range of addresses: {@code /proc/self/smaps}. */
final class ResidentMemory {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final String RSS = "Rss:";

  private ResidentMemory() {}

  /**
   * The resident bytes of the mappings that lie inside a range. Costs a look at every mapping of
   * the process.
   *
   * @return the bytes, or -1 where the system does not tell
   */
  static long of(long address, long bytes) {
    long resident = 0;
    boolean inside = false;
    try (BufferedReader lines = Files.newBufferedReader(SMAPS, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (isHeader(line)) {
          long start = start(line);
          inside = start >= address && start - address < bytes;
        } else if (inside && line.startsWith(RSS)) {
          resident += kilobytes(line) << 10;
        }
      }
    } catch (IOException e) {
      return -1;
    }
    return resident;
  }

  /** A mapping begins with its addresses in hexadecimal; its figures begin with a capital. */
  private static boolean isHeader(String line) {
    return !line.isEmpty()
        && Character.digit(line.charAt(0), 16) >= 0
        && line.indexOf('-') > 0
        && line.indexOf('-') < line.indexOf(' ');
  }

  private static long start(String header) {
    return Long.parseUnsignedLong(header, 0, header.indexOf('-'), 16);
  }

  private static long kilobytes(String line) {
    return Long.parseLong(line.substring(RSS.length(), line.length() - "kB".length()).trim());
  }
}
