package dev.waitok.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Kotlin compiler makes of the annotations: which results may be null. */
class KotlinTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"));

  @TempDir private Path folder;

  private record Compiled(int status, String said) {}

  private Compiled compile(String code) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Use.kt"), code);
    String classPath = System.getProperty("java.class.path");
    Process compiler =
        new ProcessBuilder(
                JAVA.resolve("bin").resolve("java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "-no-stdlib",
                "-no-reflect",
                "-cp",
                classPath,
                "-jdk-home",
                JAVA.toString(),
                "-d",
                folder.resolve("classes").toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    compiler.getOutputStream().close();
    String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    return new Compiled(compiler.waitFor(), said);
  }

  @Test
  void whatMayBeNullIsChecked() throws Exception {
    Compiled compiled =
        compile(
            """
            import dev.waitok.kmalloc.MallocType
            import java.lang.foreign.MemorySegment

            fun bytes(type: MallocType): Long {
                val maybe: MemorySegment? = type.tryKmalloc(16)
                return type.kmalloc(16).byteSize() + (maybe?.byteSize() ?: 0)
            }
            """);
    assertThat(compiled.said()).doesNotContain("error:");
    assertThat(compiled.status()).as(compiled.said()).isZero();
    assertThat(folder.resolve("classes").resolve("UseKt.class")).exists();
  }

  @Test
  void whatIsNotCheckedDoesNotCompile() throws Exception {
    Compiled receiver =
        compile(
            """
            import dev.waitok.kmalloc.MallocType

            fun bytes(type: MallocType): Long = type.tryKmalloc(16).byteSize()
            """);
    assertThat(receiver.said()).contains("nullable receiver of type 'MemorySegment?'");
    assertThat(receiver.status()).isNotZero();
  }
}
