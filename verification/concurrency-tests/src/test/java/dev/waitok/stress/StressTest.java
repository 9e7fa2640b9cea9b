package dev.waitok.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;

/**
 * Runs the concurrency tests: each finds only what it allows, and each one's broken twin finds what
 * it forbids. The twins run in a JVM each. So do the tests if there is time for it; else all in
 * this one, since JVMs would take most of the time.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS) // each run is bounded by what it has to do
class StressTest {
  private static final Pattern TWIN = Pattern.compile(".*\\.Broken\\w*");

  private static final String JVM_ARGS =
      "--enable-native-access=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED";

  /**
   * So often do the two wait for each other, since they drift apart. Few states are made in a go:
   * what that takes is tried out before each test, for longer than the test lasts if they are many.
   */
  private static final String STRIDE_SIZE = "32";

  private static final String STRIDE_COUNT = "32";

  /** A twin that has not failed is given ten times as long, and again. */
  private static final int ROUNDS = 4;

  /** What a JVM may take to start and end, on a machine that has other things to do. */
  private static final long SECONDS_A_TEST = 60;

  private final int iterations = Integer.getInteger("stress.run.iterations", 1);
  private final int millis = Integer.getInteger("stress.run.millis", 100);
  private final boolean inJvmsOfTheirOwn = Boolean.getBoolean("stress.run.jvms");
  private final Path directory =
      Path.of(System.getProperty("stress.run.results", "target/jcstress"));

  @Test
  void eachFindsOnlyWhatItAllows() throws Exception {
    List<String> tests = TestList.tests().stream().filter(t -> !isTwin(t)).toList();
    Map<String, TestResult> results =
        inJvmsOfTheirOwn ? run("tests", tests, iterations, millis, "") : runHere(tests);
    assertThat(results).containsOnlyKeys(tests);
    results.forEach(
        (test, result) -> {
          assertThat(result.status())
              .as("%s: %s", test, result.getMessages())
              .isEqualTo(Status.NORMAL);
          assertThat(result.getTotalCount()).as(test).isPositive();
          assertThat(TestGrading.grade(result).isPassed)
              .as("%s: %s", test, outcomes(result))
              .isTrue();
          System.out.println(test + " " + outcomes(result));
        });
  }

  @Test
  @Tag("twins")
  void eachTwinFindsWhatItForbids() throws Exception {
    List<String> left = TestList.tests().stream().filter(StressTest::isTwin).toList();
    Map<String, String> found = new LinkedHashMap<>();
    int time = millis;
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      Map<String, TestResult> results =
          run("twins-" + round, left, 1, time, "-javaagent:" + agentJar());
      List<String> unharmed = new ArrayList<>();
      for (String twin : left) {
        TestResult result = results.get(twin);
        if (result != null
            && result.status() == Status.NORMAL
            && !TestGrading.grade(result).isPassed) {
          found.put(twin, outcomes(result));
        } else {
          unharmed.add(twin);
          System.out.println("not yet: " + twin + " " + describe(result));
        }
      }
      left = unharmed;
      time *= 10;
    }
    found.forEach((twin, outcomes) -> System.out.println(twin + " " + outcomes));
    assertThat(left).as("twins in which nothing was found").isEmpty();
  }

  @Test
  void everyTestHasATwin() {
    List<String> tests = TestList.tests().stream().filter(t -> !isTwin(t)).toList();
    assertThat(tests).hasSizeGreaterThan(20);
    for (String test : tests) {
      assertThat(TestList.tests()).as(test).anyMatch(t -> t.startsWith(test + ".Broken"));
    }
  }

  private static boolean isTwin(String test) {
    return TWIN.matcher(test).matches();
  }

  private static String describe(TestResult result) {
    return result == null
        ? "has no result"
        : result.status() + " " + outcomes(result) + " " + result.getMessages() + result.getVmErr();
  }

  private static String outcomes(TestResult result) {
    Map<String, Long> counts = new TreeMap<>();
    result.getStateKeys().forEach(k -> counts.put(k, result.getCount(k)));
    return counts.toString();
  }

  /** Runs tests one after the other; their results by name. */
  private Map<String, TestResult> runHere(Collection<String> tests) throws Exception {
    Options options =
        new Options(
            new String[] {
              "-iters",
              String.valueOf(iterations),
              "-time",
              String.valueOf(millis),
              "-strideSize",
              STRIDE_SIZE,
              "-strideCount",
              STRIDE_COUNT,
              "-spinStyle",
              "THREAD_YIELD"
            });
    assertThat(options.parse()).isTrue();
    Map<String, TestResult> results = new TreeMap<>();
    for (String test : tests) {
      TestInfo info = TestList.getInfo(test);
      SchedulingClass anywhere =
          new SchedulingClass(AffinityMode.NONE, info.threads(), NodeType.PACKAGE);
      TestConfig config = new TestConfig(options, info, 0, List.of(), 0, anywhere);
      Runner<?> runner =
          (Runner<?>)
              Class.forName(info.generatedRunner())
                  .getConstructor(ForkedTestConfig.class)
                  .newInstance(new ForkedTestConfig(config));
      TestResult result = runner.run(); // ends by itself, with a status, if the test hangs
      result.setConfig(config);
      results.put(test, result);
    }
    return results;
  }

  /** Runs tests one after the other, each in a JVM of its own; their results by name. */
  private Map<String, TestResult> run(
      String name, Collection<String> tests, int iters, int time, String agent) throws Exception {
    Path here = Files.createDirectories(directory.resolve(name));
    try (var old = Files.newDirectoryStream(here, "*.bin.gz")) {
      for (Path file : old) {
        Files.delete(file);
      }
    }
    String regexp = "^(" + String.join("|", tests.stream().map(Pattern::quote).toList()) + ")$";
    Path log = here.resolve("log.txt");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.openjdk.jcstress.Main",
            "-t",
            regexp,
            "-iters",
            String.valueOf(iters),
            "-time",
            String.valueOf(time),
            "-f",
            "1",
            "-sc",
            "false",
            "-af",
            "NONE",
            "-c",
            "2",
            "-strideSize",
            STRIDE_SIZE,
            "-strideCount",
            STRIDE_COUNT,
            "-spinStyle",
            "THREAD_YIELD",
            "-r",
            here.toString(),
            "-jvmArgs",
            (agent + " " + JVM_ARGS).strip());
    Process process =
        new ProcessBuilder(command)
            .directory(here.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long most = tests.size() * (SECONDS_A_TEST + 3L * iters * time / 1000);
    boolean ended = process.waitFor(most, TimeUnit.SECONDS); // not 0 when a test fails, as twins do
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(ended).as("ended within %s s; see %s", most, log).isTrue();
    InProcessCollector collector = new InProcessCollector();
    try (var files = Files.newDirectoryStream(here, "*.bin.gz")) {
      for (Path file : files) {
        DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
        reader.dump();
        reader.close();
      }
    }
    assertThat(collector.getTestResults()).as("results; see %s", log).isNotEmpty();
    Map<String, TestResult> results = new TreeMap<>();
    collector.getTestResults().forEach(r -> results.put(r.getName(), r));
    return results;
  }

  private Path agentJar() throws IOException {
    Path jar = Files.createDirectories(directory).resolve("agent.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", BreakingAgent.class.getName());
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar.toAbsolutePath();
  }
}
