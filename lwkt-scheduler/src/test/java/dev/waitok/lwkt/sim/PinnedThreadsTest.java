package dev.waitok.lwkt.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktBuilder;
import dev.waitok.lwkt.LwktEvent;
import dev.waitok.lwkt.PinnedException;
import dev.waitok.lwkt.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Threads that cannot leave their cpu, in virtual time: ten seconds are a moment. */
class PinnedThreadsTest {
  private static final long PAGE = 4096;
  private static final int CACHED = 4;
  private static final long TEN_SECONDS = Duration.ofSeconds(10).toNanos();
  private static final Strategy RANDOM = Strategy.random(3, Long.getLong("simulation.seed", 1));

  private final List<String> log = new ArrayList<>();
  private final List<LwktEvent.Kind> events = new ArrayList<>();

  private LwktBuilder builder() {
    log.clear();
    events.clear();
    return Lwkt.builder().cpus(2).onEvent(event -> events.add(event.kind()));
  }

  /** Its looks for pages are many steps and no progress. */
  private void run(Simulation.Program program) {
    Exploration done = Simulation.of(RANDOM).livelockAfter(5_000_000).run(program);
    System.out.println(done);
  }

  /** An allocator with no page FREE and some in CACHE; what its interrupt does, pinned. */
  private void onTopOfSomebody(Run run, Kmalloc kmalloc, Duration pagesComeAfter, Runnable handler)
      throws Exception {
    TestHooks hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    List<Integer> taken = new ArrayList<>();
    try (VmObject object = kmalloc.object(CACHED * PAGE, (at, into) -> into.fill((byte) 1));
        Lwkt lwkt = builder().kmalloc(kmalloc).start()) {
      for (int i = 0; i < CACHED; i++) {
        object.page(i).close();
      }
      object.cachePages();
      for (int page = hooks.takeFree(); page >= 0; page = hooks.takeFree()) {
        taken.add(page);
      }
      Interrupt nic = lwkt.cpu(0).interrupt("nic", Priority.INT_MED, run.faults().pinned(handler));
      Run.Plain giver =
          run.start(
              "giver",
              () -> {
                run.sleep(pagesComeAfter);
                taken.forEach(hooks::giveFree);
              });
      lwkt.thread("victim")
          .cpu(0)
          .start(
              () -> {
                nic.raise();
                Lwkt.poll();
                log.add("victim");
              })
          .join();
      giver.join();
      assertThat(kmalloc.pages().cache()).as("CACHE is not for preemptors").isEqualTo(CACHED);
    }
    hooks.checkInvariants();
    assertThat(events).containsOnly(LwktEvent.Kind.PINNED);
  }

  @Test
  void aPreemptorThatCannotSwitchFailsAfterTenSecondsInPlace() {
    run(
        run -> {
          try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build()) {
            MallocType type = kmalloc.type("test");
            onTopOfSomebody(
                run,
                kmalloc,
                Duration.ofSeconds(20),
                () -> {
                  long before = run.nanoTime();
                  assertThatThrownBy(() -> type.kmalloc(2 * PAGE))
                      .isInstanceOf(dev.waitok.kmalloc.PinnedException.class)
                      .hasMessageContaining("could not switch for 10 s");
                  assertThat(run.nanoTime() - before).isBetween(TEN_SECONDS, 2 * TEN_SECONDS);
                  assertThat(Lwkt.preempting()).isTrue();
                  log.add("refused");
                });
            assertThat(log).containsExactly("refused", "victim");
            assertThat(type.statistics().inUse()).isZero();
          }
        });
  }

  @Test
  void aPreemptorThatCannotSwitchIsServedFromFreeInPlace() {
    run(
        run -> {
          try (Kmalloc kmalloc = Kmalloc.builder().arena(16 * PAGE).pageSize(PAGE).build()) {
            MallocType type = kmalloc.type("test");
            onTopOfSomebody(
                run,
                kmalloc,
                Duration.ofMillis(300),
                () -> {
                  type.kfree(type.kmalloc(2 * PAGE));
                  assertThat(Lwkt.preempting()).isTrue();
                  log.add("served");
                });
            assertThat(log).containsExactly("served", "victim");
          }
        });
  }

  @Test
  void aPreemptorThatCannotSleepIsRefusedAfterTenSeconds() {
    run(
        run -> {
          try (Lwkt lwkt = builder().start()) {
            Interrupt nic =
                lwkt.cpu(0)
                    .interrupt(
                        "nic",
                        Priority.INT_MED,
                        run.faults()
                            .pinned(
                                () -> {
                                  long before = run.nanoTime();
                                  assertThatThrownBy(() -> Lwkt.tsleep(log, "godot"))
                                      .isInstanceOf(PinnedException.class);
                                  assertThat(run.nanoTime() - before)
                                      .isGreaterThanOrEqualTo(TEN_SECONDS);
                                  log.add("refused");
                                }));
            lwkt.thread("victim").cpu(0).start(nic::raise).join();
            assertThat(log).containsExactly("refused");
            assertThat(events).containsOnly(LwktEvent.Kind.PINNED);
          }
        });
  }

  @Test
  void aVictimThatCannotLeaveIsPreemptedLater() {
    run(
        run -> {
          try (Lwkt lwkt = builder().start()) {
            Interrupt nic =
                lwkt.cpu(0).interrupt("nic", Priority.INT_MED, () -> log.add("interrupt"));
            lwkt.thread("victim")
                .cpu(0)
                .start(
                    () -> {
                      run.faults()
                          .pinned(
                              () -> {
                                nic.raise();
                                Lwkt.poll();
                                log.add("pinned");
                              })
                          .run();
                      Lwkt.poll();
                      log.add("free");
                    })
                .join();
            assertThat(log).containsExactly("pinned", "interrupt", "free");
          }
        });
  }
}
