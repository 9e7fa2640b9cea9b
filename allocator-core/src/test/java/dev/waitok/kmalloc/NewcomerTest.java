package dev.waitok.kmalloc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The errors one meets first say what to do. */
class NewcomerTest {
  private static final long MIB = 1 << 20;

  @Test
  void anArenaThatIsTooSmallSaysHowLargeItMustBe() {
    assertThatThrownBy(() -> Kmalloc.builder().arena(4096).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it has 4096 bytes")
        .hasMessageContaining("32768 bytes");
    assertThatThrownBy(() -> Kmalloc.builder().arena(2 * MIB).pageSize(MIB).build())
        .hasMessageContaining("8 pages of 1048576 bytes");
    Kmalloc.builder().arena(32_768).build().close();
  }

  @Test
  void aFreeOfForeignMemorySaysWhoseItMayBe() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).build();
        Kmalloc other = Kmalloc.builder().arena(MIB).build()) {
      MallocType type = kmalloc.type("mine");
      MemorySegment block = other.type("mine").kmalloc(10);
      for (MemorySegment foreign :
          List.of(block, Arena.ofAuto().allocate(10), MemorySegment.ofArray(new byte[10]))) {
        assertThatThrownBy(() -> type.kfree(foreign))
            .isInstanceOf(InvalidFreeException.class)
            .hasMessageContaining("type mine")
            .hasMessageContaining("another Kmalloc's");
      }
      other.type("mine").kfree(block);
    }
  }

  @Test
  void aClosedAllocatorSaysSo() {
    Kmalloc kmalloc = Kmalloc.builder().arena(MIB).build();
    MallocType type = kmalloc.type("late");
    MemorySegment block = type.kmalloc(10);
    type.kfree(block);
    kmalloc.close();
    assertThatThrownBy(() -> type.kmalloc(10))
        .isInstanceOf(KmallocClosedException.class)
        .hasMessageContaining("allocator is closed");
    assertThatThrownBy(() -> type.tryKmalloc(10)).isInstanceOf(KmallocClosedException.class);
    assertThatThrownBy(() -> kmalloc.type("new")).isInstanceOf(KmallocClosedException.class);
    assertThatThrownBy(() -> block.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  /** What a program sees that is refused native access. */
  static final class Denied {
    private Denied() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
      try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).build()) {
        MallocType type = kmalloc.type("t");
        type.kfree(type.kmalloc(100));
        out.println("kmalloc works");
        try {
          type.confinedArena().close();
        } catch (IllegalCallerException e) {
          out.println(e.getMessage());
        }
      }
    }
  }

  private static String outputOf(String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(
        Stream.of(
                "dev.waitok.kmalloc.Kmalloc",
                "org.jctools.queues.MessagePassingQueue",
                "org.slf4j.Logger",
                "org.slf4j.simple.SimpleLogger")
            .flatMap(NewcomerTest::places)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(Denied.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static Stream<String> places(String type) {
    try {
      Path place =
          Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
      return place.endsWith("classes")
          ? Stream.of(place.toString(), place.resolveSibling("test-classes").toString())
          : Stream.of(place.toString());
    } catch (ReflectiveOperationException | java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void withoutNativeAccessItWorksAndSaysWhatWouldBeBetter() throws Exception {
    assertThat(outputOf("--illegal-native-access=deny"))
        .contains("kmalloc works")
        .contains("1048576 bytes are taken at once")
        .contains("start with --enable-native-access=ALL-UNNAMED")
        .contains("arenas of a type need native access: start with --enable-native-access=");
  }

  @Test
  void withNativeAccessNothingIsSaid() throws Exception {
    assertThat(outputOf("--enable-native-access=ALL-UNNAMED").strip()).isEqualTo("kmalloc works");
  }
}
