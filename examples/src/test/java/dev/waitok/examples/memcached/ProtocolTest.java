package dev.waitok.examples.memcached;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is answered, without a socket. A line of a request ends with {@code ;} here. */
class ProtocolTest {
  private static final long MEMORY = 4 << 20;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(4 * MEMORY).build();
  private long now = 1_000_000_000_000L;
  private final Store store = new Store(kmalloc, MEMORY, () -> now);

  @AfterEach
  void nothingIsLeft() {
    store.close();
    assertThat(kmalloc.report().used()).isZero();
    kmalloc.close();
  }

  private String talk(String lines) throws IOException {
    String request = lines.replace(";", "\r\n");
    return ScriptedWire.talk(store, request, request.length() + 1).replace("\r\n", ";");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set a 5 0 3;abc;get a;|STORED;VALUE a 5 3;abc;END;",
        "set a 0 0 0;;gets a b;|STORED;VALUE a 0 0 1;;END;",
        "get a;|END;",
        "get;|ERROR;",
        "add a 0 0 1;x;add a 0 0 1;y;|STORED;NOT_STORED;",
        "replace a 0 0 1;x;|NOT_STORED;",
        "set a 0 0 1;x;append a 0 0 1;y;prepend a 0 0 1;w;get a;|STORED;STORED;STORED;VALUE a 0 3;wxy;END;",
        "append a 0 0 1;x;|NOT_STORED;",
        "set a 0 0 1;x;cas a 0 0 1 1;y;cas a 0 0 1 1;z;cas b 0 0 1 1;z;|STORED;STORED;EXISTS;NOT_FOUND;",
        "set n 0 0 1;9;incr n 1;decr n 20;incr m 1;|STORED;10;0;NOT_FOUND;",
        "set n 0 0 20;18446744073709551615;incr n 2;|STORED;1;",
        "set n 0 0 1;x;incr n 1;|STORED;CLIENT_ERROR cannot increment or decrement non-numeric value;",
        "set n 0 0 1;1;incr n -1;|STORED;CLIENT_ERROR invalid numeric delta argument;",
        "set a 0 0 1;x;delete a;delete a;|STORED;DELETED;NOT_FOUND;",
        "set a 0 0 1;x;touch a 100;touch b 1;gat 0 a;|STORED;TOUCHED;NOT_FOUND;VALUE a 0 1;x;END;",
        "set a 0 0 1;x;flush_all;get a;|STORED;OK;END;",
        "set a 0 0 1 noreply;x;delete b noreply;get a;|VALUE a 0 1;x;END;",
        "set a 0 -1 1;x;get a;|STORED;END;",
        "version;verbosity 1;quit;version;|VERSION 1.6.0-waitok;OK;",
        "nonsense;get a;|ERROR;END;",
        "set a 0 0 1;xyz;get a;|CLIENT_ERROR bad data chunk;END;",
        "set a 0 0 -1;get a;|CLIENT_ERROR bad data chunk;END;",
        "set a x 0 1;x;get a;|CLIENT_ERROR bad command line format;END;",
        "set a 0 0;get a;|ERROR;END;",
        "mn;|MN;",
        "mg a v;mg a v q;|EN;",
        "ms a 3 F7 T0 c;abc;mg a v f s t k O12;mg a f;|HD c1;VA 3 f7 s3 t-1 ka O12;abc;HD f7;",
        "ms a 1 ME;x;ms a 1 ME;y;ms a 1 MA;y;mg a v;|HD;NS;HD;VA 2;xy;",
        "ms a 1 q;x;ms a 1 C9;y;mg a v;|EX;VA 1;x;",
        "ms YQ== 1 b;x;mg a v;mg YQ== b k v;|HD;VA 1;x;VA 1 b kYQ==;x;",
        "ms a 1;x;md a C9;md a;md a;md a q;|HD;EX;HD;NF;",
        "ma n;ma n N0 J5 v;ma n D3 v;ma n MD v;ma n q;|NF;VA 1;5;VA 1;8;VA 1;7;",
        "mg a Z;mg a v v;ms a 1 MX;x;|CLIENT_ERROR invalid flag;CLIENT_ERROR duplicate flag;CLIENT_ERROR invalid mode for ms;",
        "ms a 1;x;me a;me b;|HD;ME a exp=-1 la=0 cas=1 fetch=no cls=1 size=1;EN;",
        "ms a 1;x;mg a h l;mg a h;|HD;HD h0 l0;HD h1;",
        "ms a 1;x;ms a 1 MA C1 c s;y;ms a 1 MP C1;w;mg a v;|HD;HD c2 s2;EX;VA 2;xy;",
        "ms a 1;x;ms a 1 ME C1;y;ms b 1 MR C1;y;ms b 1 MA C1;y;|HD;NS;NF;NF;",
        "ma n N0 J5;ma n C9 v;ma n C1 v;md n C1;|HD;EX;VA 1;6;EX;",
        "mg a I;md a I;ms a 1 I;x;mg a E1;|CLIENT_ERROR invalid flag;CLIENT_ERROR invalid flag;CLIENT_ERROR invalid flag;CLIENT_ERROR invalid flag;",
        "set a 0 0 1;x;touch a abc;mg a TX v;flush_all abc;get a;|STORED;CLIENT_ERROR bad command line format;CLIENT_ERROR bad token in command line format;CLIENT_ERROR bad command line format;VALUE a 0 1;x;END;",
        "set a 0 0 1;x;flush_all 9223372036854775807;get a;|STORED;OK;VALUE a 0 1;x;END;"
      })
  void answersAsTheProtocolSays(String request, String answer) throws IOException {
    assertThat(talk(request)).isEqualTo(answer);
  }

  @Test
  void itemsExpireAndAFlushMayComeLater() throws IOException {
    assertThat(talk("set a 0 10 1;x;set b 0 0 1;y;flush_all 60;get a b;"))
        .isEqualTo("STORED;STORED;OK;VALUE a 0 1;x;VALUE b 0 1;y;END;");
    now += 10_000;
    assertThat(talk("get a b;")).isEqualTo("VALUE b 0 1;y;END;");
    now += 50_000;
    assertThat(talk("get b;set b 0 0 1;z;")).isEqualTo("END;STORED;");
    now += 1;
    assertThat(talk("set b 0 0 1;z;get b;")).isEqualTo("STORED;VALUE b 0 1;z;END;");
  }

  @Test
  void aValueThatIsTooLargeIsPassedOver() throws IOException {
    String large = "x".repeat(Commands.LARGEST_VALUE + 1);
    assertThat(talk("set a 0 0 " + large.length() + ";" + large + ";get a;"))
        .isEqualTo("SERVER_ERROR object too large for cache;END;");
  }

  @Test
  void aKeyOf251BytesIsRefusedWithItsValue() throws IOException {
    String key = "k".repeat(251);
    assertThat(talk("set " + key + " 0 0 1;x;set " + key.substring(1) + " 0 0 1;y;"))
        .isEqualTo("CLIENT_ERROR bad command line format;STORED;");
  }

  @Test
  void aLineWithoutEndEndsTheConnection() throws IOException {
    assertThat(talk("g".repeat(20_000) + ";version;")).isEqualTo("CLIENT_ERROR line too long;");
  }

  @Test
  void whatComesBytePerByteIsTheSame() throws IOException {
    String request = "set a 5 0 3\r\nabc\r\nget a\r\n";
    assertThat(ScriptedWire.talk(store, request, 1))
        .isEqualTo("STORED\r\nVALUE a 5 3\r\nabc\r\nEND\r\n");
  }

  @Test
  void whatWasUsedLeastLatelyMakesRoom() throws IOException {
    String value = "v".repeat(10_000);
    assertThat(talk("set first 0 0 10000;" + value + ";")).isEqualTo("STORED;");
    for (int i = 0; i < 3_000; i++) {
      now++;
      assertThat(talk("set k" + i + " 0 0 10000;" + value + ";")).isEqualTo("STORED;");
      assertThat(talk("mg first f;")).as("after %d", i).isEqualTo("HD f0;");
    }
    assertThat(store.evictions()).isGreaterThan(2_000);
    assertThat(kmalloc.report().used()).isLessThanOrEqualTo(MEMORY);
    assertThat(store.bytes()).isLessThanOrEqualTo(MEMORY);
    assertThat(talk("get k0;")).isEqualTo("END;");
    assertThat(talk("mg k2999 s;")).isEqualTo("HD s10000;");
  }

  @Test
  void itemsWithoutAValueCountWithWhatTheyCostOnTheHeap() throws IOException {
    StringBuilder lines = new StringBuilder();
    int items = (int) (2 * MEMORY / Item.OVERHEAD);
    for (int i = 0; i < items; i++) {
      lines.append("set e").append(i).append(" 0 0 0 noreply;;");
    }
    assertThat(talk(lines.toString())).isEmpty();
    assertThat(store.items()).isBetween(1L, MEMORY / Item.OVERHEAD);
    assertThat(store.evictions()).isGreaterThanOrEqualTo(items - MEMORY / Item.OVERHEAD);
    assertThat(store.bytes()).isLessThanOrEqualTo(MEMORY);
  }

  @Test
  void answersAreSentBeforeAValueIsWaitedFor() throws IOException {
    String first = "version\r\nset a 0 0 5\r\n";
    ScriptedWire wire =
        new ScriptedWire((first + "hello\r\n").getBytes(ISO_8859_1), first.length());
    new Connection(wire, store, new Statistics()).serve();
    assertThat(wire.sentBeforeRead(2)).isEqualTo("VERSION 1.6.0-waitok\r\n");
  }

  @Test
  void whoWaitsForMemoryGetsTheLeastUsedItems() throws Exception {
    try (Kmalloc small = Kmalloc.builder().arena(MEMORY).build();
        Store cache = new Store(small, 4 * MEMORY, () -> now)) {
      String value = "v".repeat(100_000);
      for (int i = 0; i < 30; i++) {
        now++;
        String set = "set k" + i + " 0 0 100000\r\n" + value + "\r\n";
        assertThat(ScriptedWire.talk(cache, set, 1 << 20)).isEqualTo("STORED\r\n");
      }
      MallocType other = small.type("other");
      MemorySegment block = other.kmalloc(2 << 20, Duration.ofSeconds(20));
      assertThat(cache.evictions()).isPositive();
      assertThat(small.reclaimers().getFirst().calls()).isPositive();
      assertThat(ScriptedWire.talk(cache, "mg k29 s\r\n", 99)).isEqualTo("HD s100000\r\n");
      other.kfree(block);
    }
  }
}
