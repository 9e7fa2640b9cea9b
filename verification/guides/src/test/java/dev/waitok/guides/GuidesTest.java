package dev.waitok.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.TypeStatistics;
import dev.waitok.lwkt.Lwkt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of Java in the guides compiles, runs, and prints what the guide says; except whole
 * files, which are {@link NewcomerTest}'s.
 */
class GuidesTest {
  private static final Set<String> LANGUAGES = Set.of("java", "xml", "sh", "");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(#[^)]*)?\\)");

  @TempDir static Path classes;

  @TestFactory
  List<DynamicTest> everyBlockRuns() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    List<DynamicTest> tests = new ArrayList<>();
    for (Guide guide : Guide.all()) {
      for (Guide.Block block : guide.blocks("java")) {
        if (block.file().isPresent()) {
          assertThat(NewcomerTest.GUIDES).as("who builds its files").contains(guide.name());
          continue;
        }
        Snippet snippet = Snippet.of(guide, block);
        snippets.add(snippet);
        tests.add(
            DynamicTest.dynamicTest(
                guide.name() + ".md, line " + block.line(), () -> runs(snippet)));
      }
    }
    compile(snippets);
    assertThat(tests).hasSizeGreaterThan(15);
    return tests;
  }

  @Test
  void everyBlockIsOfALanguageThatATestKnows() throws IOException {
    for (Guide guide : Guide.all()) {
      for (Guide.Block block : guide.blocks()) {
        assertThat(LANGUAGES)
            .as("%s.md, line %d", guide.name(), block.line())
            .contains(block.language());
      }
    }
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    Set<String> seen = new HashSet<>();
    List<Path> files = new ArrayList<>(List.of(Path.of("..", "..", "README.md")));
    for (Guide guide : Guide.all()) {
      files.add(Guide.FOLDER.resolve(guide.name() + ".md"));
    }
    for (Path file : files) {
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        if (!link.group(1).startsWith("http")) {
          assertThat(file.resolveSibling(link.group(1))).as("a link in %s", file).exists();
          seen.add(file.resolveSibling(link.group(1)).normalize().getFileName().toString());
        }
      }
    }
    for (Guide guide : Guide.all()) {
      assertThat(seen).as("somebody links to it").contains(guide.name() + ".md");
    }
  }

  private static void compile(List<Snippet> snippets) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = javac.getStandardFileManager(said, null, null)) {
      List<String> options =
          List.of(
              "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled = javac.getTask(null, files, said, options, null, snippets).call();
      assertThat(compiled).as("%s", said.getDiagnostics()).isTrue();
    }
  }

  private static void runs(Snippet snippet) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, GuidesTest.class.getClassLoader())) {
      runStatements(loader.loadClass(snippet.className()));
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(snippet.prints());
  }

  /** Statements leave nothing behind: what they allocate they free. */
  private static void runStatements(Class<?> type) throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64L << 20).build()) {
      try (Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
        Constructor<?> made = type.getDeclaredConstructor(Kmalloc.class, Lwkt.class);
        made.setAccessible(true);
        ((Callable<?>) made.newInstance(kmalloc, lwkt)).call();
      }
      assertThat(kmalloc.statistics()).extracting(TypeStatistics::inUse).allMatch(n -> n == 0);
    }
  }
}
