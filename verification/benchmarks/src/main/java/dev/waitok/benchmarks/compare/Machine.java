package dev.waitok.benchmarks.compare;

import dev.waitok.examples.report.Amount;
import io.netty.util.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lwjgl.system.mimalloc.mimalloc;

/** On what, and against what, was measured. */
final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  private Machine() {}

  static Map<String, String> describe() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "machine",
        "%d processors, %s, %s"
            .formatted(Runtime.getRuntime().availableProcessors(), processor(), memory()));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "JDK",
        System.getProperty("java.vendor.version") + ", " + System.getProperty("java.vm.name"));
    Version netty = Version.identify().get("netty-buffer");
    facts.put("Netty", netty == null ? "unknown" : netty.artifactVersion());
    facts.put("LWJGL", org.lwjgl.Version.getVersion());
    facts.put("mimalloc", mimalloc());
    return facts;
  }

  private static String processor() throws IOException {
    if (Files.isReadable(PROCESSORS)) {
      for (String line : Files.readAllLines(PROCESSORS)) {
        if (line.startsWith(MODEL)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static String memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Amount.bytes(system.getTotalMemorySize())
        : "memory unknown";
  }

  /** As 3.5.0 is written 30500. */
  private static String mimalloc() {
    int version = mimalloc.MI_MALLOC_VERSION;
    return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
  }
}
