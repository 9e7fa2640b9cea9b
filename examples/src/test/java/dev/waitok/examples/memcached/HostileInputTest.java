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

  /** There is something to be touched, counted, joined and deleted. */
  private static final String ITEMS = "set k 0 0 3\r\nabc\r\nset k2 0 0 1\r\n5\r\n";

  private static final List<String> COMMANDS =
      List.of(
          "get ",
          "gets ",
          "set ",
          "add ",
          "cas ",
          "append ",
          "prepend ",
          "incr ",
          "decr ",
          "delete ",
          "flush_all ",
          "mg ",
          "ms ",
          "md ",
          "ma ",
          "me ",
          "mn ",
          "stats ",
          "gat ",
          "touch ",
          "verbosity ",
          "set k 0 0 3\r\nabc\r\n",
          "ms k 3 MA\r\nabc\r\n",
          " ");

  private static final List<String> WORDS =
      List.of(
          "0 ",
          "1 ",
          "-1 ",
          "3 ",
          "1048576 ",
          "1048577 ",
          "2147483647 ",
          "4294967296 ",
          "99999999999999999999 ",
          "noreply ",
          "v ",
          "q ",
          "b ",
          "h ",
          "T0 ",
          "TX ",
          "C1 ",
          "CX ",
          "MA ",
          "N0 ",
          "abc ",
          "k ");

  private static final List<String> ENDS =
      List.of("\r\n", "\n", "\r", "\0", "\u00ff", "abc\r\n", "");

  @Test
  void randomRequestsEndInAnswersOrACloseAndLoseNoMemory() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MEMORY).build()) {
      try (Store store = new Store(kmalloc, MEMORY, System::currentTimeMillis)) {
        int hits = 0;
        for (int i = 0; i < PROGRAMS; i++) {
          assertThat(ScriptedWire.talk(store, ITEMS, ITEMS.length()))
              .isEqualTo("STORED\r\nSTORED\r\n");
          byte[] request = random.nextInt(4) == 0 ? binary(random) : text(random);
          String _ = ScriptedWire.talk(store, request, 1 + random.nextInt(64));
          String then = ScriptedWire.talk(store, "version\r\nget k k2\r\n", 30);
          assertThat(then).as("seed %d, program %d", seed, i).startsWith("VERSION");
          hits += then.contains("VALUE") ? 1 : 0;
          store.flushAt(0);
          assertThat(store.bytes()).as("seed %d, program %d", seed, i).isZero();
          assertThat(store.transfers().bytes()).as("seed %d, program %d", seed, i).isZero();
        }
        assertThat(hits).as("programs that left an item, seed %d", seed).isPositive();
      }
      assertThat(kmalloc.report().used()).as("seed %d", seed).isZero();
    }
  }

  /** Lines that are nearly right, and parts in no order. */
  private static byte[] text(Random random) {
    StringBuilder request = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      if (random.nextBoolean()) {
        request.append(part(random, COMMANDS)).append(part(random, List.of("k ", "k2 ", "k3 ")));
        for (int word = random.nextInt(5); word > 0; word--) {
          request.append(part(random, WORDS));
        }
        request.append("\r\n");
      } else {
        request
            .append(part(random, COMMANDS))
            .append(part(random, WORDS))
            .append(part(random, ENDS));
      }
    }
    return request.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String part(Random random, List<String> parts) {
    return parts.get(random.nextInt(parts.size()));
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
