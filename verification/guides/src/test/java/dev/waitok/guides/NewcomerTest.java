package dev.waitok.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A newcomer's first project, as the five-minute guides tell it word by word: their files in a
 * fresh folder, their commands in a shell. What {@code mvn install} would put into the local
 * repository is put into a repository of the test's own, so the user's stays as it is; what else
 * Maven needs it takes from there, and only if it is missing from where the user's settings say.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NewcomerTest {
  static final List<String> GUIDES = List.of("start-kmalloc", "start-lwkt");

  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final String VERSION = System.getProperty("waitok.version");
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  @TempDir static Path repository;

  @TempDir Path folder;

  @BeforeAll
  static void install() throws IOException {
    installPom("waitok-parent", ROOT.resolve("pom.xml"));
    installPom("waitok-bom", ROOT.resolve("bom/pom.xml"));
    for (String module : List.of("allocator-core", "lwkt-scheduler")) {
      installPom(module, ROOT.resolve(module).resolve("pom.xml"));
      Path jar = jar(module);
      assertThat(jar).as("packaged before this test").exists();
      Files.copy(jar, installed(module, "jar"));
    }
    Files.writeString(
        repository.resolve("settings.xml"),
        """
        <settings>
          <profiles>
            <profile>
              <id>what-is-there</id>
              <repositories>
                <repository><id>there</id><url>%1$s</url></repository>
              </repositories>
              <pluginRepositories>
                <pluginRepository><id>there</id><url>%1$s</url></pluginRepository>
              </pluginRepositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>what-is-there</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(Path.of(System.getProperty("maven.local")).toUri()));
  }

  private static Path jar(String module) {
    return ROOT.resolve(module).resolve("target").resolve(module + "-" + VERSION + ".jar");
  }

  private static void installPom(String artifact, Path pom) throws IOException {
    Path target = installed(artifact, "pom");
    Files.createDirectories(target.getParent());
    Files.copy(pom, target);
  }

  private static Path installed(String artifact, String ending) {
    return repository
        .resolve("dev/waitok")
        .resolve(artifact)
        .resolve(VERSION)
        .resolve(artifact + "-" + VERSION + "." + ending);
  }

  @ParameterizedTest
  @FieldSource("GUIDES")
  void theGuideWorksAsWritten(String name) throws Exception {
    Guide guide = Guide.read(Guide.FOLDER.resolve(name + ".md"));
    Files.createDirectories(folder.resolve(".mvn"));
    Files.writeString(
        folder.resolve(".mvn/maven.config"),
        "--global-settings=%s%n-Dmaven.repo.local=%s%n--batch-mode%n"
            .formatted(repository.resolve("settings.xml"), repository));
    int runs = 0;
    for (Guide.Block block : guide.blocks()) {
      if (block.file().isPresent()) {
        Path file = folder.resolve(block.file().get());
        Files.createDirectories(file.getParent());
        Files.writeString(file, block.text());
      } else if (block.is("sh") && !block.text().contains("install")) {
        assertThat(shell(block.text()))
            .as("%s.md, line %d", name, block.line())
            .isEqualTo(block.prints().orElseThrow());
        runs++;
      }
    }
    assertThat(runs).as("on the class path, and as a module").isEqualTo(2);
  }

  /** jbang runs it so, once it has the dependencies that the file names. */
  @Test
  void theSingleFileRuns() throws Exception {
    Path file = ROOT.resolve("examples/jbang/FirstPacket.java");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).contains("//DEPS dev.waitok:lwkt-scheduler:" + VERSION);
    String options =
        lines.stream()
            .filter(line -> line.startsWith("//RUNTIME_OPTIONS "))
            .map(line -> line.substring("//RUNTIME_OPTIONS ".length()))
            .findFirst()
            .orElseThrow();
    String classPath =
        Stream.concat(
                Stream.of(jar("allocator-core"), jar("lwkt-scheduler")).map(Path::toString),
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.contains("waitok")))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(shell("java %s -cp '%s' '%s'".formatted(options, classPath, file)))
        .isEqualTo("a packet of 1500 bytes\n");
  }

  private String shell(String script) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors.txt");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-e", "-c", script)
            .directory(folder.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", JDK.toString());
    builder.environment().remove("MAVEN_OPTS");
    builder
        .environment()
        .merge(
            "PATH",
            JDK.resolve("bin")
                + File.pathSeparator
                + Path.of(System.getProperty("maven.home")).resolve("bin"),
            (old, first) -> first + File.pathSeparator + old);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as("%s%n%s", printed, Files.readString(errors)).isZero();
    return printed.replaceAll("\u001B\\[[;\\d]*m", ""); // Maven resets colours at its end
  }
}
