package dev.waitok.lwkt.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a simulation runs, finds, reports and repeats. */
class SimulationTest {
  private static final long SEED = 1;

  /** Two threads on two cpus that each read, let others go first, and write. */
  private static void lostUpdate(Run run) throws Exception {
    int[] shared = {0};
    try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
      List<LwktThread> threads = new ArrayList<>();
      for (int cpu = 0; cpu < 2; cpu++) {
        threads.add(
            lwkt.thread("t" + cpu)
                .cpu(cpu)
                .start(
                    () -> {
                      int seen = shared[0];
                      Lwkt.poll();
                      shared[0] = seen + 1;
                    }));
      }
      for (LwktThread thread : threads) {
        thread.join();
      }
    }
    assertThat(shared[0]).isEqualTo(2);
  }

  private static void tokens(boolean inOrder) throws Exception {
    Token a = new Token("a");
    Token b = new Token("b");
    int[] inside = {0};
    try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
      for (int cpu = 0; cpu < 2; cpu++) {
        Token first = cpu == 0 || inOrder ? a : b;
        Token second = cpu == 0 || inOrder ? b : a;
        lwkt.thread("t" + cpu)
            .cpu(cpu)
            .start(
                () -> {
                  for (int i = 0; i < 3; i++) {
                    try (var _ = first.acquire();
                        var _ = second.acquire()) {
                      assertThat(++inside[0]).isEqualTo(1);
                      Lwkt.poll();
                      inside[0]--;
                    }
                  }
                });
      }
    }
  }

  private static void memory(Run run) throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64 << 12).pageSize(1 << 12).build();
        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
      MallocType type = kmalloc.type("test");
      Interrupt i =
          lwkt.cpu(0).interrupt("i", Priority.INT_MED, () -> type.kfree(type.kmalloc(8 << 12)));
      for (int cpu = 0; cpu < 2; cpu++) {
        lwkt.thread("t" + cpu)
            .cpu(cpu)
            .start(
                () -> {
                  for (int n = 0; n < 5; n++) {
                    type.kfree(type.kmalloc(20 << 12));
                    i.raise();
                  }
                });
      }
      run.start(
              "plain",
              () -> {
                for (int n = 0; n < 5; n++) {
                  type.kfree(type.kmalloc(20 << 12));
                  i.raise();
                }
              })
          .join();
    }
  }

  @Test
  void findsALostUpdateByEveryStrategyAndRepeatsIt() {
    for (Strategy strategy :
        List.of(
            Strategy.random(100, SEED), Strategy.pct(100, 3, SEED), Strategy.exhaustive(100, 2))) {
      SimulationFailure failure = Simulation.of(strategy).findFailure(SimulationTest::lostUpdate);
      assertThat(failure).isNotNull();
      assertThat(failure.kind()).isEqualTo(SimulationFailure.Kind.THREW);
      assertThat(failure).hasMessageContaining("replay with \"" + failure.token() + "\"");
      for (String token : List.of(failure.token(), failure.choices())) {
        SimulationFailure again =
            Simulation.of(Strategy.replay(token)).findFailure(SimulationTest::lostUpdate);
        assertThat(again).isNotNull();
        assertThat(again.choices()).isEqualTo(failure.choices());
      }
      System.out.println(failure.token() + " " + failure.choices());
    }
  }

  @Test
  void equalSeedsTakeEqualSteps() {
    Set<Long> traces = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      traces.add(Simulation.of(Strategy.random(1, 7)).run(SimulationTest::memory).trace());
    }
    assertThat(traces).hasSize(1);
  }

  @Test
  void runsAllocatorsInterruptsAndPlainThreads() {
    Exploration done = Simulation.of(Strategy.random(200, SEED)).run(SimulationTest::memory);
    System.out.println(done);
    done = Simulation.of(Strategy.pct(200, 3, SEED)).run(SimulationTest::memory);
    System.out.println(done);
  }

  @Test
  void tokensTakenCrosswiseDoNotDeadlock() {
    System.out.println(Simulation.of(Strategy.random(300, SEED)).run(run -> tokens(false)));
    System.out.println(Simulation.of(Strategy.exhaustive(60, 1)).run(run -> tokens(false)));
  }

  @Test
  void timeIsVirtual() {
    Simulation.of(Strategy.random(3, SEED))
        .run(
            run -> {
              long start = run.nanoTime();
              AtomicInteger woken = new AtomicInteger();
              try (Lwkt lwkt = Lwkt.builder().cpus(1).start()) {
                assertThat(lwkt.capabilities().dispatch()).isEqualTo(Dispatch.SIMULATED);
                lwkt.thread("sleeper")
                    .start(
                        () -> {
                          Lwkt.tsleep(woken, "for an hour", Duration.ofHours(1));
                          woken.incrementAndGet();
                        })
                    .join();
              }
              assertThat(woken).hasValue(1);
              assertThat(run.nanoTime() - start).isGreaterThan(Duration.ofHours(1).toNanos());
            });
  }

  @Test
  void aSleepThatNobodyEndsIsADeadlock() {
    SimulationFailure failure =
        Simulation.of(Strategy.random(1, SEED))
            .findFailure(
                run -> {
                  Lwkt lwkt = Lwkt.builder().cpus(1).start();
                  lwkt.thread("sleeper").start(() -> Lwkt.tsleep(run, "godot")).join();
                });
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(SimulationFailure.Kind.DEADLOCK);
    assertThat(failure)
        .hasMessageContaining("waits for godot")
        .hasMessageContaining("main waits for the end of sleeper")
        .hasMessageContaining("SimulationTest.java");
  }

  @Test
  void aLoopThatLooksInVainIsALiveLock() {
    SimulationFailure failure =
        Simulation.of(Strategy.random(1, SEED))
            .livelockAfter(5_000)
            .findFailure(
                run -> {
                  while (run.nanoTime() > 0) {
                    run.point();
                  }
                });
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(SimulationFailure.Kind.LIVELOCK);
  }

  @Test
  void aThreadThatParksInJavaIsStuck() {
    SimulationFailure failure =
        Simulation.of(Strategy.random(1, SEED))
            .stuckAfter(Duration.ofMillis(200))
            .findFailure(
                run -> {
                  while (run.nanoTime() > 0) {
                    LockSupport.park(run);
                    if (Thread.interrupted()) {
                      return;
                    }
                  }
                });
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(SimulationFailure.Kind.STUCK);
  }

  @Test
  void whatIsNoTokenIsRefused() {
    for (String token : List.of("", "r-", "r-xyz", "p-3", "c-*", "c-gA", "q-1")) {
      assertThatThrownBy(() -> Strategy.replay(token)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
