package dev.waitok.benchmarks.compare;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.benchmarks.Launcher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs tasks in JVMs of their own. */
final class Forks {
  /** Threads of default virtual threads have one carrier, two, or as many as there are. */
  static final String ONE_CARRIER = "one-carrier";

  static final String TWO_CARRIERS = "two-carriers";

  /** Has a heap for a million threads. */
  static final String CROWD = "crowd";

  private static final long LONGEST_MINUTES = 30;

  private static final List<String> ALWAYS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:MaxDirectMemorySize=2g",
          "-Djmh.ignoreLock=true",
          "-Djmh.blackhole.autoDetect=false",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
          "-Dio.netty.leakDetection.level=disabled",
          "-Dio.netty.noUnsafe=false",
          "-Dio.netty.tryReflectionSetAccessible=true",
          "-Dio.netty.allocator.useCacheForAllThreads=true",
          "-Dio.netty.buffer.checkAccessible=false",
          "-Dio.netty.buffer.checkBounds=false");

  private final ObjectMapper json = new ObjectMapper();
  private final Pace pace;

  Forks(Pace pace) {
    this.pace = pace;
  }

  /** Measures some tasks, one after another, in one new JVM. */
  Map<String, Double> run(String fork, List<Task> tasks) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("waitok-benchmarks");
    Path asked = folder.resolve("asked.json");
    Path answered = folder.resolve("answered.json");
    Path said = folder.resolve("said.txt");
    try {
      json.writeValue(asked.toFile(), new Child.Job(pace, tasks));
      Process process =
          new ProcessBuilder(command(fork, asked, answered))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      waitFor(process, fork);
      if (process.exitValue() != 0) {
        throw new IOException(
            fork + ": failed with status " + process.exitValue() + ": " + Files.readString(said));
      }
      Map<String, Double> scores =
          json.readValue(answered.toFile(), new TypeReference<Map<String, Double>>() {});
      if (scores.size() < tasks.size()) {
        System.err.println(fork + ": " + Files.readString(said));
      }
      return scores;
    } finally {
      for (Path file : List.of(asked, answered, said, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Leaves neither the fork nor a server that it has started. */
  private static void waitFor(Process process, String fork)
      throws IOException, InterruptedException {
    try {
      if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(fork + ": no result after " + LONGEST_MINUTES + " minutes");
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static List<String> command(String fork, Path asked, Path answered) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(ALWAYS);
    switch (fork.substring(0, Math.max(0, fork.indexOf('/')))) {
      case ONE_CARRIER -> {
        command.add("-Djdk.virtualThreadScheduler.parallelism=1");
        command.add("-Djdk.virtualThreadScheduler.maxPoolSize=1");
      }
      case TWO_CARRIERS -> command.add("-Djdk.virtualThreadScheduler.parallelism=2");
      case CROWD -> command.add("-Xmx6g");
      default -> command.add("-Xmx2g");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Launcher.class.getName());
    command.add(Child.NAME);
    command.add(asked.toString());
    command.add(answered.toString());
    return command;
  }
}
