package dev.waitok.benchmarks.compare;

import dev.waitok.examples.trace.BundledTraces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which recordings are replayed. */
final class Traces {
  private static final String SUFFIX = ".trace.gz";

  private Traces() {}

  /** Those of a folder, or the bundled ones if there is no such folder. */
  static List<String> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of(BundledTraces.COMPILER, BundledTraces.REPACK);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.toAbsolutePath().normalize().toString())
          .filter(file -> file.endsWith(SUFFIX))
          .sorted()
          .toList();
    }
  }

  /** Without its folder and ending. */
  static String name(String trace) {
    String file = String.valueOf(Path.of(trace).getFileName());
    return file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
  }
}
