package dev.waitok.lwkt.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.Pager;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.kmalloc.WritablePager;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.SleepResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What goes wrong on purpose leaves nothing behind. */
class FaultsTest {
  private static final long PAGE = 4096;
  private static final Strategy RANDOM = Strategy.random(200, Long.getLong("simulation.seed", 1));

  @Test
  void memoryThatIsNotFoundIsNullForOneAndASwitchForTheOther() {
    AtomicInteger nulls = new AtomicInteger();
    AtomicInteger switches = new AtomicInteger();
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build();
                      Lwkt lwkt = Lwkt.builder().cpus(1).kmalloc(kmalloc).start()) {
                    run.faults().failing(kmalloc, 3);
                    MallocType type = kmalloc.type("test");
                    Interrupt nic =
                        lwkt.cpu(0)
                            .interrupt(
                                "nic",
                                Priority.INT_MED,
                                () -> {
                                  type.kfree(type.kmalloc(5 * PAGE));
                                  MemorySegment block = type.tryKmalloc(5 * PAGE);
                                  if (block == null) {
                                    nulls.incrementAndGet();
                                  } else {
                                    type.kfree(block);
                                  }
                                });
                    lwkt.thread("victim").start(nic::raise).join();
                    nic.close();
                    nic.thread().join();
                    assertThat(type.statistics().inUse()).isZero();
                    switches.addAndGet((int) type.statistics().switchAways());
                  }
                });
    assertThat(nulls.get()).isPositive();
    assertThat(switches.get()).isPositive();
  }

  @Test
  void everyNthAttemptFailsWhateverTheStrategy() {
    Exploration _ =
        Simulation.of(Strategy.replay("c-"))
            .run(
                run -> {
                  try (Kmalloc kmalloc =
                      Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build()) {
                    run.faults().failingEvery(kmalloc, 3);
                    MallocType type = kmalloc.type("test");
                    for (int i = 1; i <= 9; i++) {
                      MemorySegment block = type.tryKmalloc(5 * PAGE);
                      assertThat(block == null).as("attempt %d", i).isEqualTo(i % 3 == 0);
                      if (block != null) {
                        type.kfree(block);
                      }
                    }
                  }
                });
  }

  @Test
  void aWriteThatFailsLosesNothing() {
    AtomicInteger errors = new AtomicInteger();
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  byte[] disk = new byte[4 * (int) PAGE];
                  WritablePager pager = run.faults().failingWrites(new Disk(disk), 4);
                  try (Kmalloc kmalloc =
                      Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build()) {
                    try (VmObject object = kmalloc.object(4 * PAGE, pager)) {
                      for (int i = 0; i < 4; i++) {
                        write(object, i * PAGE, (byte) (i + 1));
                      }
                      while (object.dirtyPages() > 0) {
                        try {
                          object.sync();
                        } catch (IOException e) {
                          errors.incrementAndGet();
                        }
                      }
                      assertThat(disk[0]).isEqualTo((byte) 1);
                      assertThat(disk[3 * (int) PAGE]).isEqualTo((byte) 4);
                      errors.addAndGet((int) object.writeErrors());
                    }
                  }
                });
    assertThat(errors.get()).isPositive();
  }

  private static void write(VmObject object, long offset, byte value) {
    while (true) {
      try {
        object.write(offset, MemorySegment.ofArray(new byte[] {value}));
        return;
      } catch (IOException e) {
        // The page could not be read: again.
      }
    }
  }

  private record Disk(byte[] bytes) implements WritablePager {
    @Override
    public void read(long offset, MemorySegment target) {
      MemorySegment.copy(MemorySegment.ofArray(bytes), offset, target, 0, target.byteSize());
    }

    @Override
    public void write(long offset, MemorySegment from) {
      MemorySegment.copy(from, 0, MemorySegment.ofArray(bytes), offset, from.byteSize());
    }
  }

  @Test
  void aReadThatFailsFailsForAllWhoWaitedAndLeavesNoPage() {
    AtomicInteger failures = new AtomicInteger();
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  Pager pager = run.faults().failing((at, into) -> into.fill((byte) 1), 3);
                  pager = run.faults().slow(pager, 2, Duration.ofMillis(3));
                  try (Kmalloc kmalloc =
                      Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build()) {
                    try (VmObject object = kmalloc.object(4 * PAGE, pager);
                        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
                      List<LwktThread> threads = new ArrayList<>();
                      for (int cpu = 0; cpu < 2; cpu++) {
                        threads.add(
                            lwkt.thread("reader" + cpu)
                                .cpu(cpu)
                                .start(() -> read(run, object, failures)));
                      }
                      for (LwktThread thread : threads) {
                        thread.join();
                      }
                    }
                    assertThat(kmalloc.pages().free()).isEqualTo(16);
                  }
                });
    assertThat(failures.get()).isPositive();
  }

  private static void read(Run run, VmObject object, AtomicInteger failures) {
    for (int i = 0; i < 4; i++) {
      try (PageRef _ = object.page(run.choose(4))) {
        Lwkt.poll();
      } catch (IOException e) {
        failures.incrementAndGet();
      }
    }
  }

  @Test
  void aHandlerThatThrowsRunsAgainAtTheNextRaise() {
    AtomicInteger thrown = new AtomicInteger();
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  AtomicInteger served = new AtomicInteger();
                  try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build();
                      Lwkt lwkt =
                          Lwkt.builder()
                              .cpus(1)
                              .kmalloc(kmalloc)
                              .onEvent(event -> thrown.incrementAndGet())
                              .start()) {
                    MallocType type = kmalloc.type("test");
                    Runnable handler =
                        run.faults()
                            .throwing(
                                () -> {
                                  type.kfree(type.kmalloc(100));
                                  served.incrementAndGet();
                                },
                                3);
                    Interrupt nic = lwkt.cpu(0).interrupt("nic", Priority.INT_MED, handler);
                    lwkt.thread("victim")
                        .start(
                            () -> {
                              while (served.get() < 3) {
                                nic.raise();
                                Lwkt.poll();
                              }
                            })
                        .join();
                    assertThat(type.statistics().inUse()).isZero();
                  }
                });
    assertThat(thrown.get()).isPositive();
  }

  @Test
  void aThreadIsInterruptedAtAnyPointAndEndsAllTheSame() {
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build();
                      Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
                    MallocType type = kmalloc.type("test");
                    LwktThread thread =
                        lwkt.thread("cancelled")
                            .cpu(0)
                            .start(
                                () -> {
                                  for (int i = 0; i < 3; i++) {
                                    type.kfree(type.kmalloc(3 * PAGE));
                                  }
                                  SleepResult result = SleepResult.WOKEN;
                                  while (result != SleepResult.INTERRUPTED) {
                                    result = Lwkt.tsleep(type, "an interrupt");
                                  }
                                });
                    run.faults().cancel(thread);
                    thread.join();
                    assertThat(type.statistics().inUse()).isZero();
                  }
                });
  }

  @Test
  void aClockThatJumpsEndsSleepsEarlyAndLosesNone() {
    Exploration _ =
        Simulation.of(RANDOM)
            .run(
                run -> {
                  try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
                    Run.Plain clock = run.faults().clockJumps(3, Duration.ofSeconds(30));
                    List<LwktThread> threads = new ArrayList<>();
                    for (int n = 0; n < 4; n++) {
                      int seconds = 10 * (n + 1);
                      threads.add(
                          lwkt.thread("t" + n)
                              .start(
                                  () ->
                                      assertThat(
                                              Lwkt.tsleep(run, "time", Duration.ofSeconds(seconds)))
                                          .isNotEqualTo(SleepResult.WOKEN)));
                    }
                    for (LwktThread thread : threads) {
                      thread.join();
                    }
                    clock.join();
                  }
                });
  }
}
