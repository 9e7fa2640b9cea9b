package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;
import dev.waitok.kmalloc.KmallocClosedException;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.Pager;
import dev.waitok.kmalloc.Registration;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A bit of everything at once, in many interleavings. */
class SimulatedMixTest {
  private static final int RUNS = Integer.getInteger("simulation.runs", 200);
  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final long PAGE = 4096;

  /** How many runs of each strategy. */
  int runs() {
    return RUNS;
  }

  /** What all of these programs build their allocator with. */
  KmallocBuilder builder() {
    return Kmalloc.builder();
  }

  private void everywhere(Simulation.Program program) {
    int runs = runs();
    for (Strategy strategy : List.of(Strategy.random(runs, SEED), Strategy.pct(runs, 3, SEED))) {
      Exploration done = Simulation.of(strategy).run(program);
      System.out.println("seed " + SEED + ": " + done);
    }
  }

  /** Items from plain threads and cpus go through a FAST interrupt, a sleep queue and a token. */
  @Test
  void itemsPassThroughInterruptsSleepsAndTokens() {
    everywhere(
        run -> {
          int each = 3;
          Token token = new Token("queue");
          Deque<Integer> queue = new ArrayDeque<>();
          AtomicInteger consumed = new AtomicInteger();
          AtomicInteger ticks = new AtomicInteger();
          try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
            Interrupt tick =
                lwkt.cpu(1).fastInterrupt("tick", Priority.INT_HIGH, ticks::incrementAndGet);
            ItemInterrupt<Integer> nic =
                lwkt.cpu(0)
                    .interrupt(
                        "nic",
                        Priority.INT_MED,
                        (Integer item) -> {
                          try (var _ = token.acquire()) {
                            queue.add(item);
                          }
                          Lwkt.wakeupOne(queue);
                        });
            List<LwktThread> consumers = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
              consumers.add(
                  lwkt.thread("consumer" + n)
                      .cpu(n)
                      .start(() -> consume(token, queue, consumed, 3 * each)));
            }
            List<Run.Plain> devices = new ArrayList<>();
            for (int d = 0; d < 2; d++) {
              devices.add(run.start("device" + d, () -> raise(nic, tick, each)));
            }
            lwkt.thread("driver").cpu(1).start(() -> raise(nic, tick, each)).join();
            devices.forEach(Run.Plain::join);
            for (LwktThread consumer : consumers) {
              consumer.join();
            }
          }
          assertThat(consumed).hasValue(3 * each);
          assertThat(ticks.get()).isPositive();
        });
  }

  private static void raise(ItemInterrupt<Integer> nic, Interrupt tick, int items) {
    for (int i = 0; i < items; i++) {
      assertThat(nic.raise(i)).isTrue();
      tick.raise();
      Lwkt.poll();
    }
  }

  private static void consume(Token token, Deque<Integer> queue, AtomicInteger consumed, int all) {
    while (true) {
      try (var _ = token.acquire()) {
        Lwkt.tsleepInterlock(queue);
        Integer item = queue.poll();
        if (item != null) {
          if (consumed.incrementAndGet() == all) {
            Lwkt.wakeup(queue);
          }
          continue;
        }
        if (consumed.get() == all) {
          return;
        }
        Lwkt.tsleepInterlocked(queue, "an item", Duration.ofDays(1000));
      }
    }
  }

  /** A reclaimer that was late once is asked again, later: it may have all the memory. */
  @Test
  void oneThatWasLateIsNotGivenUp() {
    everywhere(
        run -> {
          try (Kmalloc kmalloc = builder().arena(16 * PAGE).pageSize(PAGE).build()) {
            MallocType type = kmalloc.type("test");
            Queue<MemorySegment> cache = new ConcurrentLinkedQueue<>();
            List<Long> servedAfter = new ArrayList<>();
            try (Registration slow =
                kmalloc.reclaimer(
                    "slow",
                    1,
                    0,
                    pages -> {
                      run.sleep(Duration.ofSeconds(2));
                      int blocks = 0;
                      for (MemorySegment b = cache.poll(); b != null; b = cache.poll()) {
                        type.kfree(b);
                        blocks++;
                      }
                      return blocks;
                    })) {
              for (int i = 0; i < 2; i++) {
                MemorySegment b;
                while ((b = type.tryKmalloc(PAGE)) != null) {
                  cache.add(b);
                }
                long from = run.nanoTime();
                type.kfree(type.kmalloc(4 * PAGE));
                servedAfter.add((run.nanoTime() - from) / 1_000_000_000);
              }
              assertThat(slow).isNotNull();
            }
            assertThat(servedAfter.getFirst()).isLessThan(5);
            // Or at once, where the first call was still at it.
            assertThat(servedAfter.getLast()).matches(s -> s < 5 || s > 10, "rests").isLessThan(40);
          }
        });
  }

  /** Whoever waits when an allocator closes is told so; nothing hangs and nothing is lost. */
  @Test
  void aCloseEndsEveryWait() {
    everywhere(
        run -> {
          AtomicInteger ended = new AtomicInteger();
          List<Run.Plain> plain = new ArrayList<>();
          Kmalloc kmalloc = builder().arena(16 * PAGE).pageSize(PAGE).build();
          TestHooks.of(kmalloc).recheckEvery(Long.MAX_VALUE);
          MallocType type = kmalloc.type("test");
          try (Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
            for (int cpu = 0; cpu < 2; cpu++) {
              lwkt.thread("t" + cpu).cpu(cpu).start(() -> untilClosed(type, ended));
            }
            plain.add(run.start("p0", () -> untilClosed(type, ended)));
            plain.add(run.start("p1", () -> untilClosed(type, ended)));
            run.sleep(Duration.ofNanos(1000L * run.choose(200)));
            kmalloc.close();
            plain.forEach(Run.Plain::join);
          }
          assertThat(ended).hasValue(4);
        });
  }

  private static void untilClosed(MallocType type, AtomicInteger ended) {
    try {
      // A strategy may prefer a thread for ever, so no thread goes on for ever without a wait.
      for (int round = 0; round < 100; round++) {
        MemorySegment block = type.kmalloc(9 * PAGE);
        Lwkt.poll();
        type.kfree(block);
      }
      while (true) {
        var _ = type.kmalloc(9 * PAGE); // all have to wait: there is one such run
      }
    } catch (KmallocClosedException e) {
      ended.incrementAndGet();
    }
  }

  /** Requests that are refused are no progress: they do not hide that others wait in vain. */
  @Test
  void aStallIsReportedWhileRequestsAreRefused() {
    everywhere(
        run -> {
          AtomicInteger stalls = new AtomicInteger();
          try (Kmalloc kmalloc =
                  Kmalloc.builder()
                      .arena(16 * PAGE)
                      .pageSize(PAGE)
                      .reportStallAfter(Duration.ofSeconds(2))
                      .onStall(report -> stalls.incrementAndGet())
                      .build();
              Lwkt lwkt = Lwkt.builder().cpus(1).kmalloc(kmalloc).start()) {
            TestHooks hooks = TestHooks.of(kmalloc);
            MallocType type = kmalloc.type("test");
            List<Integer> taken = new ArrayList<>();
            for (int page = hooks.takeFree(); page >= 0; page = hooks.takeFree()) {
              taken.add(page);
            }
            LwktThread waiter = lwkt.thread("w").start(() -> type.kfree(type.kmalloc(2 * PAGE)));
            for (int i = 0; i < 50; i++) {
              run.sleep(Duration.ofMillis(100));
              assertThat(type.tryKmalloc(2 * PAGE, MallocFlags.M_NOWAIT)).isNull();
            }
            assertThat(stalls.get()).isPositive();
            taken.forEach(hooks::giveFree);
            waiter.join();
          }
        });
  }

  /** Pages are read, fail, are slow, are reclaimed by those who need memory, and come back. */
  @Test
  void objectsAndBlocksShareTooFewPages() {
    everywhere(
        run -> {
          Pager pager = run.faults().failing((at, into) -> into.fill((byte) (at / PAGE)), 6);
          pager = run.faults().slow(pager, 3, Duration.ofMillis(2));
          try (Kmalloc kmalloc = builder().arena(12 * PAGE).pageSize(PAGE).build()) {
            TestHooks.of(kmalloc).recheckEvery(Long.MAX_VALUE);
            MallocType type = kmalloc.type("test");
            try (VmObject object = kmalloc.object(8 * PAGE, pager);
                Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
              Interrupt nic =
                  lwkt.cpu(0)
                      .interrupt("nic", Priority.INT_MED, () -> type.kfree(type.kmalloc(3000)));
              List<LwktThread> threads = new ArrayList<>();
              for (int cpu = 0; cpu < 2; cpu++) {
                threads.add(
                    lwkt.thread("t" + cpu).cpu(cpu).start(() -> use(run, object, type, nic)));
              }
              Run.Plain plain = run.start("plain", () -> use(run, object, type, nic));
              for (LwktThread thread : threads) {
                thread.join();
              }
              plain.join();
            }
            assertThat(type.statistics().inUse()).isZero();
          }
        });
  }

  private static void use(Run run, VmObject object, MallocType type, Interrupt nic) {
    for (int i = 0; i < 4; i++) {
      int index = run.choose(8);
      try (PageRef page = object.page(index)) {
        assertThat(page.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 5))
            .isEqualTo((byte) index);
        nic.raise();
        Lwkt.poll();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("a fault of the simulation");
      }
      int flags = run.choose(2) == 0 ? MallocFlags.M_WAITOK : MallocFlags.M_INTWAIT;
      type.kfree(type.kmalloc(run.choose(2) == 0 ? 200 : 5 * PAGE, flags));
      if (run.choose(4) == 0) {
        object.cachePages();
      }
    }
  }
}
