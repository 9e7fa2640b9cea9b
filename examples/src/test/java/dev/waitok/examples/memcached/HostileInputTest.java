package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes, nothing but protocol errors and closed connections comes of it. */
class HostileInputTest {
  private static final long MEMORY = 4 << 20;
  private static final int PROGRAMS = 4_000;

  private static final List<String> PARTS =
      List.of(
          "get ",
          "gets ",
          "set ",
          "cas ",
          "append ",
          "incr ",
          "delete ",
          "flush_all ",
          "mg ",
          "ms ",
          "md ",
          "ma ",
          "me ",
          "mn",
          "stats ",
          "gat ",
          "touch ",
          "verbosity ",
          "k ",
          "k2 ",
          "0 ",
          "1 ",
          "-1 ",
          "3 ",
          "1048576 ",
          "1048577 ",
          "2147483647 ",
          "4294967296 ",
          "99999999999999999999 ",
          "noreply",
          "v ",
          "q ",
          "b ",
          "T0 ",
          "C1 ",
          "abc",
          "\r\n",
          "\r\n",
          "\n",
          "\r",
          "\0",
          "\u00ff",
          " ");

  @Test
  void randomRequestsEndInAnswersOrACloseAndLoseNoMemory() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MEMORY).build()) {
      try (Store store = new Store(kmalloc, MEMORY, System::currentTimeMillis)) {
        for (int i = 0; i < PROGRAMS; i++) {
          byte[] request = random.nextInt(4) == 0 ? binary(random) : text(random);
          String said = ScriptedWire.talk(store, request, 1 + random.nextInt(64));
          assertThat(said).as("seed %d, program %d", seed, i).doesNotContain("Exception");
          assertThat(ScriptedWire.talk(store, "version\r\n", 9)).startsWith("VERSION");
        }
      }
      assertThat(kmalloc.report().used()).as("seed %d", seed).isZero();
    }
  }

  private static byte[] text(Random random) {
    StringBuilder request = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      request.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return request.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] binary(Random random) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    for (int i = random.nextInt(5); i >= 0; i--) {
      byte[] head = new byte[BinaryHeader.LENGTH];
      random.nextBytes(head);
      head[0] = BinaryHeader.REQUEST;
      head[1] = (byte) random.nextInt(0x20);
      head[2] = 0;
      head[3] = (byte) random.nextInt(4);
      head[4] = (byte) (4 * random.nextInt(6));
      head[8] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : 0);
      head[9] = 0;
      head[10] = 0;
      head[11] = (byte) random.nextInt(64);
      request.writeBytes(head);
      byte[] body = new byte[random.nextInt(64)];
      random.nextBytes(body);
      request.writeBytes(body);
    }
    return request.toByteArray();
  }
}
