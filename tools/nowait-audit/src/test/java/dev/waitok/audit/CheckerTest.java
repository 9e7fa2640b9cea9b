package dev.waitok.audit;

import static dev.waitok.audit.Finding.Kind.DEREFERENCED;
import static dev.waitok.audit.Finding.Kind.IGNORED;
import static dev.waitok.audit.Finding.Kind.WAITS_IN_HARD_SECTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.audit.sample.BadSample;
import dev.waitok.examples.Launcher;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Lwkt;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckerTest {
  private static Path home(Class<?> of) throws Exception {
    return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static List<Path> sample() throws Exception {
    Path folder = home(BadSample.class).resolve("dev/waitok/audit/sample");
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static String known(Finding.Kind kind, String method) {
    return kind + " " + method;
  }

  @Test
  void theBadSampleHasExactlyTheKnownFindings() throws Exception {
    List<Finding> found = Checker.check(sample());
    assertThat(found)
        .extracting(f -> known(f.kind(), f.method().replaceFirst(".*BadSample\\.", "")))
        .containsExactlyInAnyOrder(
            known(DEREFERENCED, "dereferencedAtOnce"),
            known(DEREFERENCED, "dereferencedLater"),
            known(DEREFERENCED, "dereferencedWhereItIsNull"),
            known(DEREFERENCED, "dereferencedByFree"),
            known(DEREFERENCED, "dereferencedAsAddress"),
            known(DEREFERENCED, "dereferencedByArithmetic"),
            known(DEREFERENCED, "dereferencedInTheLoop"),
            known(IGNORED, "ignored"),
            known(IGNORED, "ignoredInAVariable"),
            known(WAITS_IN_HARD_SECTION, "waitsInHardSection"),
            known(WAITS_IN_HARD_SECTION, "waitsUnderSpinLock"),
            known(WAITS_IN_HARD_SECTION, "waitsByWayOfOthers"),
            known(WAITS_IN_HARD_SECTION, "lambda$waitsInAnInterProcessorFunction$0"),
            known(WAITS_IN_HARD_SECTION, "waitsByWayOfAnOverride"));
    assertThat(found).allSatisfy(f -> assertThat(f.line()).isPositive());
  }

  @Test
  void aFindingSaysWhereTheResultCameFromAndWhichWayTheWaitIs() throws Exception {
    List<String> texts = Checker.check(sample()).stream().map(Finding::toString).toList();
    assertThat(texts)
        .anyMatch(t -> t.matches(".*dereferencedLater:\\d+: .*tryKmalloc of line \\d+ .*get"))
        .anyMatch(t -> t.matches(".*waitsByWayOfOthers:\\d+: .*BadSample.helper, .*deeper"));
  }

  @Test
  void theExamplesAndTheLibraryAreClean() throws Exception {
    assertThat(Checker.check(List.of(home(Launcher.class), home(Kmalloc.class), home(Lwkt.class))))
        .isEmpty();
  }

  @Test
  void theCommandPrintsALineForEachAndSaysByItsStatus(@TempDir Path folder) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    assertThat(Main.run(out, out, sample().stream().map(Path::toString).toArray(String[]::new)))
        .isEqualTo(1);
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .hasSize(15)
        .last()
        .isEqualTo("14 findings");
    assertThat(Main.run(out, out, home(Kmalloc.class).toString())).isZero();
    assertThat(Main.run(out, out, folder.resolve("none").toString())).isEqualTo(2);
    Path text = Files.writeString(folder.resolve("text.class"), "no class");
    assertThat(Main.run(out, out, text.toString())).isEqualTo(2);
    assertThat(Main.run(out, out)).isEqualTo(2);
  }
}
