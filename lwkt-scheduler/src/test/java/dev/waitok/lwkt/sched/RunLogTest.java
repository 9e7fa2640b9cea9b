package dev.waitok.lwkt.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ring of who had a cpu. */
class RunLogTest {
  private static final int SIZE = 1 << 15;

  private final RunLog log = new RunLog();
  private final Tcb thread = TestThreads.unbound(1);

  private void write(long nanos) {
    log.add(thread, RunLog.Kind.RUNS, nanos);
  }

  private List<Long> drained() {
    List<Long> times = new ArrayList<>();
    log.drain((who, kind, nanos) -> times.add(nanos));
    return times;
  }

  @Test
  void entriesComeOutInTheirOrderAndOnce() {
    log.add(thread, RunLog.Kind.PREEMPTS, 10);
    write(20);
    List<String> told = new ArrayList<>();
    log.drain((who, kind, nanos) -> told.add((who == thread) + " " + kind + " " + nanos));
    assertThat(told).containsExactly("true PREEMPTS 10", "true RUNS 20");
    assertThat(drained()).isEmpty();
  }

  @Test
  void whatFindsTheRingFullIsCountedAndWhatWasThereStays() {
    for (int i = 0; i < SIZE + 3; i++) {
      write(i);
    }
    assertThat(log.lost()).isEqualTo(3);
    assertThat(drained()).hasSize(SIZE).startsWith(0L).endsWith(SIZE - 1L);
    write(7);
    assertThat(drained()).containsExactly(7L);
  }

  @Test
  void everyEntryIsToldInOrderOrCountedWhileAnotherThreadDrains() throws InterruptedException {
    int entries = 1_000_000;
    Thread cpu =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < entries; i++) {
                    write(i);
                  }
                });
    List<Long> seen = new ArrayList<>();
    while (cpu.isAlive()) {
      seen.addAll(drained());
    }
    cpu.join();
    seen.addAll(drained());
    assertThat(seen).isSorted().doesNotHaveDuplicates();
    assertThat(seen.size() + log.lost()).isEqualTo(entries);
  }
}
