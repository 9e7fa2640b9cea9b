package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording a trace, and the audit of calls without wait. */
class ObservedCallsTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path folder;

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      return in.lines().toList();
    }
  }

  /** Without times and threads. */
  private static List<String> events(Path file) throws IOException {
    return lines(file).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("^\\d+ \\d+ ", ""))
        .toList();
  }

  @Test
  void everyFormOfCallIsInTheTrace() throws Exception {
    Path file = folder.resolve("calls.trace.gz");
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * MIB).build()) {
      MallocType type = kmalloc.type("traced");
      long before = type.kmallocAddress(10);
      try (TraceRecording recording = kmalloc.record(file)) {
        MemorySegment one = type.kmalloc(100);
        long two = type.kmallocAddress(200, M_WAITOK | M_ZERO);
        type.kfree(before); // not in the file
        MemorySegment three = kmalloc.kmallocAligned(300, 512, type, M_WAITOK);
        type.kfree(one);
        MemorySegment four = type.krealloc(three, 40_000, M_WAITOK);
        long five = type.tryKmallocAddress(5);
        MemorySegment six = type.kmallocAsync(6).join();
        MemorySegment seven = type.kmalloc(7, Duration.ofSeconds(1));
        assertThatThrownBy(() -> type.kfree(two + 1)).isInstanceOf(InvalidFreeException.class);
        type.kfree(two);
        type.kfree(four);
        type.kfree(five);
        type.kfree(six);
        kmalloc.kfree(seven, type);
        type.kfree(type.kmalloc(0));
        kmalloc.type("later").kfree(kmalloc.type("later").kmallocAddress(8));
        assertThat(recording.lost()).isZero();
      }
      long after = type.kmallocAddress(77);
      type.kfree(after);
    }
    assertThat(events(file))
        .containsExactly(
            "a 1 100",
            "z 2 200",
            "m 3 300 512",
            "f 1",
            "a 4 40000",
            "f 3",
            "a 5 5",
            "a 6 6",
            "a 7 7",
            "f 2",
            "f 4",
            "f 5",
            "f 6",
            "f 7",
            "a 8 8",
            "f 8");
    assertThat(lines(file).getLast()).matches("# events=\\d+ lost=0");
  }

  @Test
  void aTraceOfManyThreadsIsConsistent() throws Exception {
    long seed = 20_261_125;
    Path file = folder.resolve("threads.trace.gz");
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * MIB).build()) {
      MallocType type = kmalloc.type("traced");
      TraceRecording recording = kmalloc.record(file);
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        SplittableRandom random = new SplittableRandom(seed + t);
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  List<Long> mine = new ArrayList<>();
                  for (int i = 0; i < 3000; i++) {
                    if (mine.size() < 20 || random.nextBoolean()) {
                      mine.add(type.kmallocAddress(random.nextInt(1, 3000)));
                    } else {
                      type.kfree(mine.remove(random.nextInt(mine.size())));
                    }
                    if (mine.size() > 40) {
                      type.kfree(mine.removeFirst());
                    }
                  }
                  mine.forEach(type::kfree);
                },
                task -> Thread.ofPlatform().start(task)));
      }
      all.forEach(CompletableFuture::join);
      recording.close();
      recording.close();
      requireConsistent(file, recording.lost());
      assertThat(type.statistics().inUse()).isZero();
    }
  }

  private static void requireConsistent(Path file, long lost) throws IOException {
    Map<Long, Long> live = new HashMap<>();
    long lastId = 0;
    long lastTime = 0;
    for (String line : lines(file)) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ", -1);
      long time = Long.parseLong(words[0]);
      long id = Long.parseLong(words[3]);
      assertThat(time).isGreaterThanOrEqualTo(lastTime);
      lastTime = time;
      if (words[2].equals("f")) {
        assertThat(live.remove(id)).as(line).isNotNull();
      } else {
        assertThat(id).isGreaterThan(lastId);
        lastId = id;
        live.put(id, Long.parseLong(words[4]));
      }
    }
    assertThat(lastId).isPositive();
    if (lost == 0) {
      assertThat(live).isEmpty();
    }
  }

  @Test
  void closingTheAllocatorCompletesTheTrace() throws Exception {
    Path file = folder.resolve("closed.trace.gz");
    Kmalloc kmalloc = Kmalloc.builder().arena(MIB).build();
    TraceRecording recording = kmalloc.record(file);
    long block = kmalloc.type("t").kmallocAddress(9);
    kmalloc.type("t").kfree(block);
    kmalloc.close();
    assertThat(events(file)).containsExactly("a 1 9", "f 1");
    assertThat(recording.events()).isEqualTo(2);
    assertThatThrownBy(() -> kmalloc.record(file)).isInstanceOf(KmallocClosedException.class);
  }

  @Test
  void theAuditTellsWhichSitesCanWait() {
    ThreadLocal<Boolean> hard = ThreadLocal.withInitial(() -> false);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).nonBlocking(thread -> hard.get()).build()) {
      MallocType type = kmalloc.type("audited", 64 << 10);
      NowaitAudit audit = kmalloc.auditNowait();
      for (int i = 0; i < 3; i++) {
        type.kfree(asks(type));
      }
      hard.set(true);
      type.kfree(asksHard(type));
      hard.set(false);
      type.kfree(asksHard(type));
      assertThat(asksTooMuch(type)).isNull();
      type.kfree(type.kmalloc(10));
      audit.close();
      type.kfree(asks(type));
      assertThat(audit.sites())
          .satisfiesExactly(
              site -> {
                assertThat(site.place()).contains("asksTooMuch", "ObservedCallsTest.java");
                assertThat(site.nulls()).isEqualTo(1);
                assertThat(site.canWait()).isTrue();
              },
              site -> {
                assertThat(site.place()).contains("asks(");
                assertThat(site.calls()).isEqualTo(3);
                assertThat(site.nulls()).isZero();
                assertThat(site.canWait()).isTrue();
              },
              site -> {
                assertThat(site.place()).contains("asksHard");
                assertThat(site.calls()).isEqualTo(2);
                assertThat(site.hard()).isEqualTo(1);
                assertThat(site.canWait()).isFalse();
              });
      assertThat(audit.toString()).startsWith("2 of 3 sites can wait");
    }
  }

  private static MemorySegment asks(MallocType type) {
    return java.util.Objects.requireNonNull(type.tryKmalloc(100));
  }

  private static long asksHard(MallocType type) {
    return type.tryKmallocAddress(100);
  }

  private static MemorySegment asksTooMuch(MallocType type) {
    return type.tryKmalloc(100_000);
  }
}
