package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits and reservations of types in a tree. */
class MallocGroupTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(16 * MIB).build();
  private final MallocGroup net = kmalloc.group("net");

  @AfterEach
  void close() {
    kmalloc.close();
  }

  private static long fill(MallocType type, long size, List<Long> held) {
    long bytes = 0;
    for (long b = type.tryKmallocAddress(size);
        b != Kmalloc.NULL;
        b = type.tryKmallocAddress(size)) {
      held.add(b);
      bytes += size;
    }
    return bytes;
  }

  private static void free(MallocType type, List<Long> held) {
    held.forEach(type::kfree);
    held.clear();
  }

  @Test
  void aBlockCountsAgainstEveryGroupAboveItsType() {
    MallocGroup tcp = net.limit(MIB).group("tcp");
    MallocType rx = tcp.type("rx");
    MallocType udp = net.type("udp");
    List<Long> held = new ArrayList<>();
    long used = fill(rx, KIB, held);
    assertThat(used).isBetween(MIB - MIB / 16, MIB);
    assertThat(net.statistics().bytes()).isEqualTo(used);
    assertThat(tcp.statistics().bytes()).isEqualTo(used);
    assertThat(rx.statistics().failures()).isEqualTo(1);
    assertThat(udp.tryKmallocAddress(64 * KIB)).isEqualTo(Kmalloc.NULL);
    assertThatThrownBy(() -> udp.kmalloc(64 * KIB))
        .isInstanceOf(LimitReachedException.class)
        .hasMessageContaining("type udp is at a limit: size=65536")
        .hasMessageContaining("group net: limit=1048576, inUse=" + used);
    free(rx, held);
    assertThat(net.statistics().bytes()).isZero();
    assertThat(net.statistics().peakBytes()).isBetween(used, MIB);
    udp.kfree(udp.kmalloc(64 * KIB));
  }

  @Test
  void whatIsReservedIsThereWhateverOthersUse() {
    net.limit(MIB);
    MallocType rx = net.type("rx");
    MallocType bulk = net.type("bulk");
    rx.reservation(256 * KIB);
    List<Long> taken = new ArrayList<>();
    long others = fill(bulk, KIB, taken);
    assertThat(others).isBetween(700 * KIB, 768 * KIB);
    List<Long> held = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      held.add(rx.kmallocAddress(KIB));
    }
    assertThat(net.statistics().bytes()).isLessThanOrEqualTo(MIB);
    assertThat(rx.statistics().reservation()).isEqualTo(256 * KIB);
    free(rx, held);
    assertThat(bulk.tryKmallocAddress(64 * KIB)).as("it stays reserved").isEqualTo(Kmalloc.NULL);
    rx.reservation(0);
    bulk.kfree(bulk.kmalloc(64 * KIB));
    free(bulk, taken);
  }

  @Test
  void aReservationIsRefusedWhereItIsNotToBeHad() {
    net.limit(MIB);
    MallocType rx = net.type("rx", 512 * KIB);
    MallocType bulk = net.type("bulk");
    long block = bulk.kmallocAddress(800 * KIB);
    assertThatThrownBy(() -> rx.reservation(300 * KIB))
        .isInstanceOf(LimitReachedException.class)
        .hasMessageContaining("nothing was reserved for type rx: bytes=307200; group net: limit=");
    assertThat(rx.reservation()).isZero();
    bulk.kfree(block);
    assertThatThrownBy(() -> rx.reservation(513 * KIB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reservation=525312, limit=524288");
    assertThatThrownBy(() -> rx.reservation(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> kmalloc.type("alone").reservation(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("type alone is in no group");
    assertThatThrownBy(() -> net.reservation(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("group net is in no group");
  }

  @Test
  void groupsReserveFromGroups() {
    MallocGroup tcp = net.limit(MIB).group("tcp").reservation(512 * KIB);
    tcp.type("rx").reservation(400 * KIB);
    assertThat(net.statistics().drawnBytes()).as("within its own").isEqualTo(512 * KIB);
    assertThat(tcp.statistics().drawnBytes()).isEqualTo(400 * KIB);
    tcp.type("tx").reservation(200 * KIB);
    assertThat(net.statistics().drawnBytes()).isEqualTo(600 * KIB);
    assertThatThrownBy(() -> net.group("udp").reservation(500 * KIB))
        .isInstanceOf(LimitReachedException.class);
  }

  @Test
  void aLowerLimitHoldsAndAReservationOutlivesIt() {
    MallocType rx = net.type("rx");
    rx.reservation(64 * KIB);
    MallocType bulk = net.type("bulk");
    List<Long> held = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      held.add(bulk.kmallocAddress(KIB));
    }
    net.limit(128 * KIB);
    assertThat(bulk.tryKmallocAddress(KIB)).isEqualTo(Kmalloc.NULL);
    rx.kfree(rx.kmalloc(60 * KIB));
    free(bulk, held);
    bulk.kfree(bulk.kmalloc(KIB));
  }

  @Test
  void namesArePlaces() {
    MallocType rx = net.type("rx");
    assertThat(net.type("rx")).isSameAs(rx);
    assertThat(kmalloc.type("rx")).isSameAs(rx);
    assertThat(kmalloc.group("net")).isSameAs(net);
    assertThat(rx.group()).isSameAs(net);
    MallocGroup tcp = net.group("tcp");
    assertThat(kmalloc.group("tcp")).isSameAs(tcp);
    assertThat(tcp.parent()).isSameAs(net);
    assertThatThrownBy(() -> tcp.type("rx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type rx is in group net, not in group tcp");
    MallocType alone = kmalloc.type("alone");
    assertThatThrownBy(() -> net.type("alone"))
        .hasMessage("type alone is in no group, not in group net");
    assertThatThrownBy(() -> tcp.group("net"))
        .hasMessage("group net is in no group, not in group tcp");
    assertThat(alone.group()).isNull();
  }

  @Test
  void aTypeThatEndsGivesItsReservationBackAndItsNameIsFree() {
    MallocType rx = net.limit(MIB).type("rx");
    rx.reservation(MIB);
    rx.close();
    assertThat(net.statistics().drawnBytes()).isZero();
    net.type("rx").reservation(MIB);
  }

  @Test
  void manyTypesTogetherRefuseEarlyByASixtyFourthACpuAtMost() {
    net.limit(4 * MIB);
    List<MallocType> types = new ArrayList<>();
    List<List<Long>> held = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      MallocType type = net.type("t" + i);
      types.add(type);
      held.add(new ArrayList<>(List.of(type.kmallocAddress(64))));
    }
    long used = fill(types.getFirst(), 64, held.getFirst()) + 100 * 64;
    int cpus = Runtime.getRuntime().availableProcessors();
    assertThat(used)
        .isGreaterThanOrEqualTo(4 * MIB - (Integer.highestOneBit(2 * cpus) * 4 * MIB) / 64);
    for (int i = 0; i < 100; i++) {
      free(types.get(i), held.get(i));
    }
    assertThat(net.statistics().bytes()).isZero();
  }

  @Test
  void theReportShowsTheTree() {
    net.limit(MIB);
    net.group("tcp").type("rx").kmalloc(1000);
    MemoryReport report = kmalloc.report();
    assertThat(report.groups()).extracting(GroupStatistics::name).containsExactly("net", "tcp");
    assertThat(report.types().getFirst().group()).isEqualTo("tcp");
    assertThat(report.toString())
        .contains("group net")
        .contains("of 1,048,576, used or reserved ")
        .contains("of no limit")
        .contains(", in net");
    assertThat(report.vmstat()).containsPattern("net/ +1K +\\d+K +1024K").containsPattern("tcp/");
    assertThat(net.toString()).contains("limit=1048576");
  }

  @Test
  void theLimitHoldsWhileAllThreadsAllocateAndFree() throws InterruptedException {
    long seed = System.nanoTime();
    System.out.println("seed=" + seed);
    long limit = 2 * MIB;
    net.limit(limit);
    net.group("tcp").limit(MIB);
    AtomicLong live = new AtomicLong();
    AtomicLong most = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      MallocType type = t < 2 ? net.type("t" + t) : net.group("tcp").type("t" + t);
      SplittableRandom random = new SplittableRandom(seed + t);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    List<Long> held = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                      if (!held.isEmpty() && random.nextInt(5) < 2) {
                        live.addAndGet(-4096); // first: who takes it then counts it at once
                        type.kfree(held.removeLast());
                      } else {
                        long block = type.tryKmallocAddress(4096);
                        if (block != Kmalloc.NULL) {
                          held.add(block);
                          most.accumulateAndGet(live.addAndGet(4096), Math::max);
                        }
                      }
                    }
                    live.addAndGet(-4096L * held.size());
                    free(type, held);
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most.get()).isBetween(limit / 2, limit);
    assertThat(live.get()).isZero();
    assertThat(net.statistics().bytes()).isZero();
    assertThat(net.group("tcp").statistics().peakBytes()).isLessThanOrEqualTo(MIB);
  }
}
