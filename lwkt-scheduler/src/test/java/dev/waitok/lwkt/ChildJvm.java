package dev.waitok.lwkt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a main class of the tests in a JVM of its own, on the class path, with its own flags. */
final class ChildJvm {
  private ChildJvm() {}

  /** What it printed, and how it ended. */
  record Result(int status, String output) {}

  static Result run(Class<?> main, String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(
        Stream.of(
                "dev.waitok.lwkt.Lwkt",
                main.getName(),
                "dev.waitok.kmalloc.Kmalloc",
                "org.jctools.queues.MessagePassingQueue",
                "org.slf4j.Logger",
                "org.jspecify.annotations.Nullable")
            .flatMap(ChildJvm::places)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(main.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread.ofPlatform().daemon().start(() -> endInTime(process));
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static void endInTime(Process process) {
    try {
      if (!process.waitFor(LwktFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  private static Stream<String> places(String type) {
    try {
      Path place =
          Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
      // Tests are patched into the module: then both kinds of classes seem to come from one place.
      Path tests = place.resolveSibling("test-classes");
      return place.endsWith("classes") ? Stream.of("" + place, "" + tests) : Stream.of("" + place);
    } catch (ReflectiveOperationException | java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
