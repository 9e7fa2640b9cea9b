package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the system says of an arena's own mapping, in {@code /proc/self/smaps}. */
final class Mapping {
  private static final Path SMAPS = Path.of("/proc/self/smaps");

  private Mapping() {}

  /**
   * The resident bytes.
   *
   * @return -1 where the system does not tell
   */
  static long resident(Kmalloc kmalloc) throws IOException {
    return lines(kmalloc, "Rss:").stream()
        .mapToLong(kb -> Long.parseLong(kb.replace("kB", "").trim()) << 10)
        .reduce(Long::sum)
        .orElse(-1);
  }

  /** Whether all of it has a flag, such as {@code nh} or {@code hg}. */
  static boolean has(Kmalloc kmalloc, String flag) throws IOException {
    List<String> flags = lines(kmalloc, "VmFlags:");
    return !flags.isEmpty() && flags.stream().allMatch(f -> (f + " ").contains(" " + flag + " "));
  }

  /** What follows a key in the records of all mappings inside the arena. */
  private static List<String> lines(Kmalloc kmalloc, String key) throws IOException {
    List<String> found = new ArrayList<>();
    if (!Files.exists(SMAPS)) {
      return found;
    }
    long begin = kmalloc.memory().address();
    long end = begin + kmalloc.memory().byteSize();
    boolean inside = false;
    for (String line : Files.readAllLines(SMAPS, StandardCharsets.ISO_8859_1)) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        long start = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
        inside = start >= begin && start < end;
      } else if (inside && line.startsWith(key)) {
        found.add(line.substring(key.length()));
      }
    }
    return found;
  }
}
