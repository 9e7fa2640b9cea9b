package dev.waitok.lwkt.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.sim.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows of the test kit is this test. */
class ReadmeTest {
  @LwktSimulation(seeds = 1000)
  void packetsGetMemory(Run run) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64 << 12).build();
        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
      MallocType type = kmalloc.type("packet");
      Interrupt nic =
          lwkt.cpu(0).interrupt("nic", Priority.INT_MED, () -> type.kfree(type.kmalloc(9000)));
      lwkt.thread("user").cpu(0).start(() -> type.kfree(type.kmalloc(200_000)));
      run.start("device", nic::raise).join();
    }
  }

  @Test
  void isWhatTheReadmeShows() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf("@LwktSimulation(seeds");
    String shown = withoutBlanks(readme.substring(begin, readme.indexOf("```", begin)));
    Path source = Path.of("src/test/java/dev/waitok/lwkt/test/ReadmeTest.java");
    assertThat(withoutBlanks(Files.readString(source))).contains(shown);
  }

  private static String withoutBlanks(String code) {
    return code.replaceAll("\\s+", "");
  }
}
