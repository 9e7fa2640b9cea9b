package dev.waitok.kmalloc.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LWKT threads, an interrupt that preempts them, and a plain thread share a cache. */
class KmallocCacheLwktTest {
  private static final long SEED = 20_261_125;
  private static final int PAGE = 4096;
  private static final int KEYS = 1000;

  @ParameterizedTest
  @EnumSource(
      value = Dispatch.class,
      names = {"DIRECT", "PORTABLE"})
  void allKindsOfThreadsShareOneCache(Dispatch dispatch) throws Exception {
    share(dispatch, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** The policy evicts under its locks, and who preempts the freeing wants these to evict, too. */
  @ParameterizedTest
  @EnumSource(
      value = Dispatch.class,
      names = {"DIRECT", "PORTABLE"})
  void whoPreemptsAnEvictionMayEvictToo(Dispatch dispatch) throws Exception {
    share(dispatch, 100 << 10, 104 << 10);
  }

  private static void share(Dispatch dispatch, long maximumBytes, long limit) throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger handled = new AtomicInteger();
    AtomicInteger preempted = new AtomicInteger();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(256L * PAGE).pageSize(PAGE).build()) {
      MallocType type = kmalloc.type("cache", limit);
      KmallocCache<Integer> cache =
          KmallocCache.builder(kmalloc, "cache").maximumBytes(maximumBytes).build();
      try (Lwkt lwkt = Lwkt.builder().cpus(2).dispatch(dispatch).kmalloc(kmalloc).start()) {
        SplittableRandom keys = new SplittableRandom(SEED);
        Interrupt nic =
            lwkt.cpu(0)
                .interrupt(
                    "nic0",
                    Priority.INT_MED,
                    () -> {
                      preempted.addAndGet(Lwkt.preempting() ? 1 : 0);
                      use(cache, keys, 1, failures);
                      handled.incrementAndGet();
                    });
        List<LwktThread> threads = new ArrayList<>();
        for (int cpu = 0; cpu < 2; cpu++) {
          SplittableRandom own = new SplittableRandom(SEED + 1 + cpu);
          threads.add(
              lwkt.thread("worker" + cpu)
                  .cpu(cpu)
                  .start(
                      () -> {
                        for (int i = 0; i < 200; i++) {
                          nic.raise();
                          use(cache, own, 10, failures);
                          Lwkt.poll();
                        }
                      }));
        }
        SplittableRandom random = new SplittableRandom(SEED + 3);
        while (threads.stream().anyMatch(LwktThread::isAlive)) {
          nic.raise(); // at any moment of what runs there
          use(cache, random, 1, failures);
        }
        for (LwktThread thread : threads) {
          thread.join();
        }
      }
      assertThat(failures).as("seed " + SEED).isEmpty();
      System.out.printf(
          "%s: %d handlers, %d of them preempting; %s%n",
          dispatch, handled.get(), preempted.get(), cache);
      assertThat(handled.get()).isPositive();
      assertThat(preempted.get()).isPositive();
      assertThat(cache.statistics().reclaimed()).isPositive();
      cache.close();
      assertThat(type.statistics().bytes()).isZero();
    }
  }

  /** A key that has the interrupt raised, by somebody else, whenever it is looked for. */
  private record Raising(int number, Runnable raise) {
    @Override
    public int hashCode() {
      raise.run();
      return number;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Raising other && other.number == number;
    }
  }

  /** In portable dispatch, where a handler that waits holds up who it preempted. */
  @Test
  void nothingIsFreedUnderThePolicysLocks() throws Exception {
    AtomicInteger blocked = new AtomicInteger();
    AtomicInteger handled = new AtomicInteger();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(256L * PAGE).pageSize(PAGE).build();
        KmallocCache<Object> cache =
            KmallocCache.builder(kmalloc, "cache").maximumBytes(10 * PAGE).build();
        ExecutorService plain = Executors.newSingleThreadExecutor();
        Lwkt lwkt = Lwkt.builder().cpus(1).dispatch(Dispatch.PORTABLE).kmalloc(kmalloc).start()) {
      Interrupt nic =
          lwkt.cpu(0)
              .interrupt(
                  "nic0",
                  Priority.INT_MED,
                  () -> {
                    // Another thread tries what needs the locks, while who was preempted stands.
                    Future<?> other = plain.submit(() -> cache.evict(0));
                    try {
                      other.get(10, TimeUnit.SECONDS);
                    } catch (Exception e) {
                      blocked.incrementAndGet();
                    }
                    handled.incrementAndGet();
                  });
      Runnable raise =
          () -> {
            if (Lwkt.current() != null) {
              Thread raiser = Thread.ofPlatform().start(nic::raise);
              while (raiser.isAlive()) {
                Thread.onSpinWait();
              }
            }
          };
      lwkt.thread("worker")
          .cpu(0)
          .start(
              () -> {
                for (int i = 0; i < 20; i++) {
                  cache.put(new Raising(i, raise), new byte[PAGE]);
                }
              })
          .join();
    }
    assertThat(blocked.get()).isZero();
    assertThat(handled.get()).isPositive();
  }

  private static void use(
      KmallocCache<Integer> cache, SplittableRandom random, int times, Queue<Throwable> failures) {
    try {
      for (int i = 0; i < times; i++) {
        Integer key = random.nextInt(KEYS);
        if (random.nextBoolean()) {
          cache.put(key, Stamps.of(key, i, 50 + key % 400));
        } else {
          cache.get(key, segment -> Stamps.check(key, segment));
        }
      }
    } catch (Throwable e) {
      failures.add(e);
    }
  }
}
