package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tools of the JDK show of an allocator. */
class WatchingTest {
  private static final int PAGE = 4096;

  @TempDir private Path folder;

  private interface Body {
    void run() throws Exception;
  }

  /** The events of a kind that a body leaves. */
  private List<RecordedEvent> events(String kind, Body body) throws Exception {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.waitok." + kind);
      recording.start();
      body.run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> found = new ArrayList<>(RecordingFile.readAllEvents(file));
    found.removeIf(event -> !event.getEventType().getName().equals("dev.waitok." + kind));
    return found;
  }

  private static Kmalloc small() {
    return Kmalloc.builder()
        .arena(64L * PAGE)
        .pageSize(PAGE)
        .reportStallAfter(Duration.ofSeconds(1))
        .build();
  }

  private static void take(MallocType type, List<Long> held) {
    for (long b = type.tryKmallocAddress(PAGE);
        b != Kmalloc.NULL;
        b = type.tryKmallocAddress(PAGE)) {
      held.add(b);
    }
  }

  private static boolean isMadeBy(RecordedEvent event, String method) {
    return event.getStackTrace().getFrames().stream()
        .anyMatch(
            f ->
                f.getMethod().getType().getName().equals(WatchingTest.class.getName())
                    && f.getMethod().getName().contains(method));
  }

  @Test
  void allocationsPastTheZonesAreEvents() throws Exception {
    try (Kmalloc kmalloc = small()) {
      MallocType type = kmalloc.type("packet");
      List<RecordedEvent> found =
          events(
              "Allocation",
              () -> {
                for (int i = 0; i < 10; i++) {
                  type.kfree(type.kmallocAddress(100)); // the first makes a zone
                }
                type.kfree(type.kmallocAddress(5L * PAGE));
              });
      assertThat(found).hasSize(2);
      assertThat(found.get(0).getString("type")).isEqualTo("packet");
      assertThat(found.get(0).getLong("bytes")).isBetween(100L, 112L);
      assertThat(found.get(0).getString("source")).isEqualTo("FREE");
      assertThat(found.get(1).getLong("bytes")).isEqualTo(5L * PAGE);
      assertThat(isMadeBy(found.get(1), "allocationsPastTheZones")).isTrue();
    }
  }

  @Test
  void exhaustionIsAnEvent() throws Exception {
    try (Kmalloc kmalloc = small()) {
      MallocType type = kmalloc.type("hungry");
      MallocType narrow = kmalloc.type("narrow", 1000);
      List<Long> held = new ArrayList<>();
      List<RecordedEvent> found =
          events(
              "Exhaustion",
              () -> {
                take(type, held);
                assertThat(narrow.tryKmallocAddress(2000)).isEqualTo(Kmalloc.NULL);
                assertThatThrownBy(() -> narrow.kmallocAddress(2000))
                    .isInstanceOf(LimitReachedException.class);
              });
      assertThat(found).hasSize(3);
      assertThat(found.get(0).getString("type")).isEqualTo("hungry");
      assertThat(found.get(0).getBoolean("limit")).isFalse();
      assertThat(isMadeBy(found.get(0), "take")).isTrue();
      assertThat(found.get(1).getString("type")).isEqualTo("narrow");
      assertThat(found.get(1).getBoolean("limit")).isTrue();
      assertThat(found.get(2).getBoolean("limit")).isTrue();
      held.forEach(type::kfree);
    }
  }

  @Test
  void aWaitIsAnEvent() throws Exception {
    try (Kmalloc kmalloc = small()) {
      MallocType type = kmalloc.type("hungry");
      List<Integer> taken = new ArrayList<>();
      for (int p = TestHooks.of(kmalloc).takeFree(); p >= 0; p = TestHooks.of(kmalloc).takeFree()) {
        taken.add(p);
      }
      List<RecordedEvent> waits =
          events(
              "Wait",
              () -> {
                CompletableFuture<Long> waiter =
                    CompletableFuture.supplyAsync(
                        () -> type.kmallocAddress(PAGE), Thread::startVirtualThread);
                while (kmalloc.pageStatistics().waiting() == 0) {
                  Thread.onSpinWait();
                }
                taken.forEach(TestHooks.of(kmalloc)::giveFree);
                type.kfree(waiter.join());
              });
      assertThat(waits).hasSize(1);
      assertThat(waits.getFirst().getString("type")).isEqualTo("hungry");
      assertThat(waits.getFirst().getDuration("waited")).isPositive();
    }
  }

  @Test
  void aStallIsAnEventWithTheReport() throws Exception {
    CompletableFuture<MemoryReport> reported = new CompletableFuture<>();
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(64L * PAGE)
            .pageSize(PAGE)
            .reportStallAfter(Duration.ofSeconds(1))
            .onStall(reported::complete)
            .build()) {
      MallocType type = kmalloc.type("hungry");
      while (TestHooks.of(kmalloc).takeFree() >= 0) {
        assertThat(kmalloc.pages().free()).isNotNegative();
      }
      List<RecordedEvent> stalls =
          events(
              "MemoryStall",
              () -> {
                CompletableFuture<?> asked = type.kmallocAsync(PAGE);
                reported.join();
                asked.cancel(false);
              });
      assertThat(stalls).isNotEmpty();
      assertThat(stalls.getFirst().getInt("waiting")).isEqualTo(1);
      assertThat(stalls.getFirst().getString("report")).contains("hungry");
    }
  }

  @Test
  void aReclaimersRunIsAnEvent() throws Exception {
    try (Kmalloc kmalloc = small()) {
      MallocType type = kmalloc.type("cache");
      List<Long> held = new ArrayList<>();
      take(type, held);
      List<RecordedEvent> runs =
          events(
              "Reclaim",
              () -> {
                CompletableFuture<Void> gave = new CompletableFuture<>();
                Registration registration =
                    kmalloc.reclaimer(
                        "shrink",
                        1,
                        0,
                        pages -> {
                          type.kfree(held.removeLast());
                          gave.complete(null);
                          return 1;
                        });
                type.kfree(type.kmallocAddress(3 * PAGE));
                gave.join();
                registration.close();
              });
      assertThat(runs).isNotEmpty();
      assertThat(runs.getFirst().getString("who")).isEqualTo("shrink");
      assertThat(runs.getFirst().getLong("pages")).isEqualTo(1);
    }
  }

  @Test
  void nothingIsRecordedThatNobodyEnabled() throws Exception {
    try (Kmalloc kmalloc = small()) {
      MallocType type = kmalloc.type("packet");
      assertThat(events("NoSuchEvent", () -> type.kfree(type.kmallocAddress(100)))).isEmpty();
    }
  }

  @Test
  void anAllocatorIsSeenInJmx() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("dev.waitok:type=Kmalloc,name=\"mine\"");
    Kmalloc kmalloc = small();
    Registration registration = kmalloc.jmx("mine");
    MallocType type = kmalloc.type("packet", 64 << 10);
    long block = type.kmallocAddress(1000);
    assertThat(((CompositeData) server.getAttribute(name, "Pages")).get("total")).isEqualTo(64);
    CompositeData[] types = (CompositeData[]) server.getAttribute(name, "Types");
    assertThat(types[0].get("name")).isEqualTo("packet");
    assertThat(types[0].get("bytes")).isEqualTo(1024L);
    assertThat(server.getAttribute(name, "UsedBytes")).isEqualTo(1024L);
    assertThat(server.getAttribute(name, "Pressure")).isEqualTo("NONE");
    assertThat(server.invoke(name, "vmstat", null, null).toString()).contains("packet");
    assertThatThrownBy(() -> kmalloc.jmx("mine")).hasMessageContaining("mine");
    registration.close();
    assertThat(server.isRegistered(name)).isFalse();
    registration.close();
    Registration _ = kmalloc.jmx("mine");
    type.kfree(block);
    kmalloc.close();
    assertThat(server.isRegistered(name)).isFalse();
    assertThatThrownBy(() -> kmalloc.jmx("late")).isInstanceOf(KmallocClosedException.class);
  }

  @Test
  void theTableOfTypesIsLikeAKernels() {
    try (Kmalloc kmalloc = small()) {
      MallocType b = kmalloc.type("beta", 64 << 10);
      MallocType a = kmalloc.type("alpha");
      long block = b.kmallocAddress(2000);
      assertThat(b.tryKmallocAddress(100_000)).isEqualTo(Kmalloc.NULL);
      a.kfree(a.kmallocAddress(10));
      assertThat(kmalloc.report().vmstat().lines())
          .satisfiesExactly(
              line -> assertThat(line).startsWith("Type ").contains("InUse", "HighUse", "Limit"),
              line -> assertThat(line).matches("alpha +0 +0K +\\d+K +- +1 +0 +0 +0"),
              line -> assertThat(line).matches("beta +1 +2K +\\d+K +64K +2 +1 +0 +0"));
      b.kfree(block);
    }
  }
}
