package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What is said and done when memory is exhausted. */
class ShortageTest {
  private static final int PAGE = 4096;

  private static KmallocBuilder small() {
    return Kmalloc.builder()
        .arena(64L * PAGE)
        .pageSize(PAGE)
        .reportStallAfter(Duration.ofSeconds(1));
  }

  private static void exhaust(Kmalloc kmalloc) {
    while (TestHooks.of(kmalloc).takeFree() >= 0) {
      assertThat(kmalloc.pages().free()).isNotNegative();
    }
  }

  private static CompletableFuture<Long> waiter(MallocType type, Kmalloc kmalloc, int n) {
    CompletableFuture<Long> waiter =
        CompletableFuture.supplyAsync(
            () -> type.kmallocAddress((long) n * PAGE), Thread::startVirtualThread);
    while (kmalloc.pageStatistics().waiting() < n) {
      Thread.onSpinWait();
    }
    return waiter;
  }

  @Test
  void theReportTellsWhoHoldsTheMemoryAndWhoWaits() throws Exception {
    try (Kmalloc kmalloc = small().build()) {
      MallocType holder = kmalloc.type("holder");
      MallocType asker = kmalloc.type("asker");
      long held = holder.kmallocAddress(20L * PAGE);
      long little = holder.kmallocAddress(100);
      exhaust(kmalloc);
      CompletableFuture<Long> waiter = waiter(asker, kmalloc, 1);
      MemoryReport report = kmalloc.report();
      assertThat(report.used()).isEqualTo(21L * PAGE + holder.usableSize(little));
      assertThat(report.retained()).isEqualTo(64L * PAGE);
      assertThat(report.waiters()).hasSize(1);
      assertThat(report.toString())
          .contains("used 86,", "retained 262,144", "free 0", "waiting 1")
          .containsPattern("holder +82,\\d+ ")
          .containsPattern("waits \\d+ ms: 4096 bytes of type asker, 1 pages");
      holder.kfree(held);
      asker.kfree(waiter.get());
    }
  }

  @Test
  void theYoungestGivesUpWhereThatIsThePolicy() {
    try (Kmalloc kmalloc = small().onStall(StallPolicy.THROW_TO_YOUNGEST).build()) {
      MallocType type = kmalloc.type("t");
      exhaust(kmalloc);
      CompletableFuture<Long> first = waiter(type, kmalloc, 1);
      CompletableFuture<Long> second = waiter(type, kmalloc, 2);
      assertThatThrownBy(second::get)
          .hasCauseInstanceOf(MemoryStalledException.class)
          .hasMessageContaining("this request came last: size=8192, type=t");
      assertThatThrownBy(first::get).hasCauseInstanceOf(MemoryStalledException.class);
      assertThatThrownBy(() -> type.kmallocAsync(PAGE).get())
          .hasCauseInstanceOf(MemoryStalledException.class);
    }
  }

  @Test
  void theHandlerIsToldAndOthersKeepWaiting() throws Exception {
    BlockingQueue<MemoryReport> told = new LinkedBlockingQueue<>();
    try (Kmalloc kmalloc = small().onStall(told::add).build()) {
      MallocType type = kmalloc.type("t");
      long held = type.kmallocAddress(8L * PAGE);
      exhaust(kmalloc);
      CompletableFuture<Long> waiter = waiter(type, kmalloc, 1);
      assertThat(told.take().waiters().getFirst().pages()).isEqualTo(1);
      assertThat(told.take().waiters().getFirst().waitedMillis()).isGreaterThan(1500);
      assertThat(waiter).isNotDone();
      type.kfree(held);
      type.kfree(waiter.get());
    }
  }

  /** Scenario: a million no-wait requests against an empty arena. */
  @Test
  void aMillionRefusalsStallNobodyAndFillNoLog() {
    try (Kmalloc kmalloc = small().build()) {
      MallocType type = kmalloc.type("flood");
      exhaust(kmalloc);
      int n = 1_000_000;
      int[] nanos = new int[n];
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long begin = System.nanoTime();
      int served = 0;
      for (int i = 0; i < n; i++) {
        long from = System.nanoTime();
        long block = type.tryKmallocAddress(1000, M_INTNOWAIT);
        nanos[i] = (int) (System.nanoTime() - from);
        served += block == Kmalloc.NULL ? 0 : 1;
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
      double seconds = (System.nanoTime() - begin) / 1e9;
      Arrays.sort(nanos);
      System.out.printf(
          "1,000,000 refusals in %.2f s: p50 %,d ns, p99.99 %,d ns, worst %,d ns; %,d bytes of heap%n",
          seconds, nanos[n / 2], nanos[n - n / 10_000], nanos[n - 1], allocated);
      assertThat(served).isZero();
      assertThat(allocated).as("bytes of heap").isLessThan(64L * n);
      assertThat(nanos[n - n / 10_000]).as("p99.99").isLessThan(20_000_000);
      assertThat(type.statistics().failures()).isEqualTo(n);
    }
  }

  @Test
  void thereIsOneReportASecondWhateverIsRefused() {
    List<Long> reports = new ArrayList<>();
    try (Kmalloc kmalloc = small().build()) {
      Runnable shortage = TestHooks.of(kmalloc).shortage(reports::add);
      exhaust(kmalloc);
      MallocType type = kmalloc.type("t");
      shortage.run();
      for (int i = 0; i < 500; i++) {
        assertThat(type.tryKmallocAddress(10, M_INTNOWAIT)).isEqualTo(Kmalloc.NULL);
      }
      shortage.run();
      shortage.run();
      assertThat(type.tryKmallocAddress(10)).isEqualTo(Kmalloc.NULL);
      shortage.run();
      assertThat(reports).containsExactly(500L, 1L);
    }
  }
}
