package dev.waitok.kmalloc.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.ReclaimerStatistics;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cache has nearly all of a small arena, and others want memory. */
class KmallocCachePressureTest {
  private static final long SEED = 20_261_125;
  private static final int PAGE = 4096;
  private static final int PAGES = 512;

  private final Kmalloc kmalloc =
      Kmalloc.builder().arena((long) PAGES * PAGE).pageSize(PAGE).build();
  private final MallocType type = kmalloc.type("cache");
  private final MallocType other = kmalloc.type("other");
  private final KmallocCache<Integer> cache = KmallocCache.builder(kmalloc, "cache").build();

  @AfterEach
  void nothingIsLeft() {
    assertThat(kmalloc.reclaimers()).allMatch(r -> r.setAside() == null);
    cache.close();
    assertThat(type.statistics().bytes()).isZero();
    assertThat(cache.statistics().bytes()).isZero();
    assertThat(other.statistics().bytes()).isZero();
    kmalloc.close();
  }

  /** Puts until the first entry had to give way; returns how many keys were put. */
  private int fill(int words) {
    int key = 0;
    while (cache.statistics().reclaimed() == 0) {
      cache.put(key, Stamps.of(key, 0, words));
      key++;
    }
    return key;
  }

  @Test
  void aWaitingRequestIsServedByTheColdest() {
    int keys = fill(PAGE / Long.BYTES);
    assertThat(keys).isGreaterThan(PAGES / 2);
    for (int i = 0; i < 40; i++) {
      for (int hot = keys - 20; hot < keys; hot++) {
        boolean _ = cache.get(hot, segment -> true) != null;
      }
    }
    long before = cache.statistics().bytes();
    List<Long> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(other.kmallocAddress(60L * PAGE));
    }
    System.out.printf(
        "4 runs of 60 pages took %d of %d pages%n",
        (before - cache.statistics().bytes()) / PAGE, before / PAGE);
    assertThat(before + 240L * PAGE).as("more than the arena").isGreaterThan((long) PAGES * PAGE);
    for (int hot = keys - 20; hot < keys; hot++) {
      assertThat(cache.get(hot, MemorySegment::byteSize)).as("hot key " + hot).isEqualTo(PAGE);
    }
    held.forEach(other::kfree);
    ReclaimerStatistics own = kmalloc.reclaimers().getFirst();
    assertThat(own.pages()).isPositive();
    assertThat(cache.statistics().entries()).isPositive();
  }

  @Test
  void smallValuesOfMixedAgesLetARequestThroughToo() {
    int keys = fill(25);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 4 * keys; i++) {
      Integer key = random.nextInt(keys);
      boolean _ = cache.get(key, segment -> Stamps.check(key, segment)) != null;
    }
    long before = cache.statistics().reclaimed();
    long entries = cache.statistics().entries();
    List<Long> held = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < PAGES / 4; i++) {
      held.add(other.kmallocAddress(PAGE));
    }
    System.out.printf(
        "%d pages took %d of %d entries of 200 bytes, %d ms (seed %d)%n",
        held.size(),
        cache.statistics().reclaimed() - before,
        entries,
        (System.nanoTime() - start) / 1_000_000,
        SEED);
    held.forEach(other::kfree);
    assertThat(cache.statistics().reclaimed()).isGreaterThan(before);
  }

  @Test
  void putsBeyondTheArenaWaitForTheCacheItself() throws Exception {
    List<Callable<Void>> work = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = thread * 10_000;
      work.add(
          () -> {
            for (int key = first; key < first + 2 * PAGES; key++) {
              cache.put(key, Stamps.of(key, 1, PAGE / Long.BYTES));
            }
            return null;
          });
    }
    all(work);
    assertThat(cache.statistics().reclaimed()).isGreaterThan(3 * PAGES);
  }

  @Test
  void tryPutMakesRoomAmongItsOwnAndIsRefusedWhereThereIsNone() {
    fill(PAGE / Long.BYTES);
    for (int key = 0; key < 2 * PAGES; key++) {
      assertThat(cache.tryPut(key, Stamps.of(key, 2, PAGE / Long.BYTES))).isTrue();
    }
    List<Long> held = new ArrayList<>();
    while (cache.statistics().entries() > 0) {
      held.add(other.kmallocAddress(PAGE));
    }
    for (long page = other.tryKmallocAddress(PAGE);
        page != Kmalloc.NULL;
        page = other.tryKmallocAddress(PAGE)) {
      held.add(page);
    }
    assertThat(cache.tryPut(1, new byte[8 * PAGE])).isFalse();
    held.forEach(other::kfree);
    assertThat(cache.tryPut(1, new byte[8 * PAGE])).isTrue();
  }

  @Test
  void whatIsBeingReadIsPassedOver() {
    int keys = fill(PAGE / Long.BYTES);
    Map<Integer, Borrowed> borrowed = new HashMap<>();
    long before;
    do { // until no call of the reclaimer is under way: one could have chosen what is borrowed next
      borrowed.values().forEach(Borrowed::close);
      borrowed.clear();
      before = cache.statistics().reclaimed();
      for (int key = 0; key < keys; key += 4) {
        Borrowed value = cache.borrow(key);
        if (value != null) {
          borrowed.put(key, value);
        }
      }
    } while (cache.statistics().reclaimed() != before);
    assertThat(borrowed).hasSizeGreaterThan(50);
    List<Long> held = new ArrayList<>();
    while (cache.statistics().entries() > borrowed.size() + 20) {
      held.add(other.kmallocAddress(PAGE));
    }
    borrowed.forEach(
        (key, value) -> {
          assertThat(cache.get(key, MemorySegment::address)).isEqualTo(value.segment().address());
          Stamps.check(key, value.segment());
          value.close();
        });
    held.forEach(other::kfree);
  }

  @Test
  void readersNeverSeeFreedOrForeignMemory() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    int[] sizes = {3, 20, 90, 500, 1500};
    List<Callable<Void>> work = new ArrayList<>();
    for (int writer = 0; writer < 2; writer++) {
      long seed = SEED + writer;
      work.add(
          () -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 4000; i++) {
              int key = random.nextInt(2000);
              MemorySegment value = Stamps.of(key, i, sizes[key % sizes.length]);
              switch (random.nextInt(8)) {
                case 0 -> cache.remove(key);
                case 1 -> cache.put(key, value);
                default -> cache.tryPut(key, value);
              }
            }
            done.set(true);
            return null;
          });
    }
    work.add(
        () -> {
          SplittableRandom random = new SplittableRandom(SEED + 2);
          long reads = 0;
          while (!done.get()) {
            Integer key = random.nextInt(2000);
            reads += cache.get(key, segment -> Stamps.check(key, segment)) == null ? 0 : 1;
          }
          assertThat(reads).isPositive();
          return null;
        });
    work.add(
        () -> {
          SplittableRandom random = new SplittableRandom(SEED + 3);
          while (!done.get()) {
            List<Borrowed> held = new ArrayList<>();
            List<Integer> keys = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
              Integer key = random.nextInt(2000);
              Borrowed value = cache.borrow(key);
              if (value != null) {
                held.add(value);
                keys.add(key);
              }
            }
            for (int i = 0; i < held.size(); i++) {
              Stamps.check(keys.get(i), held.get(i).segment());
              held.get(i).close();
            }
          }
          return null;
        });
    work.add(
        () -> {
          SplittableRandom random = new SplittableRandom(SEED + 4);
          while (!done.get()) {
            MemorySegment block = other.kmalloc(sizes[random.nextInt(sizes.length)] * 8L);
            block.fill((byte) -1);
            other.kfree(block);
          }
          return null;
        });
    all(work);
    System.out.println(cache + " (seed " + SEED + ")");
    assertThat(cache.statistics().reclaimed()).isPositive();
  }

  @Test
  void aPutThatMeetsCloseLeavesNothing() throws Exception {
    for (int round = 0; round < 50; round++) {
      KmallocCache<Integer> shortLived = KmallocCache.builder(kmalloc, "other").build();
      CountDownLatch begun = new CountDownLatch(1);
      all(
          List.of(
              () -> {
                for (int key = 0; key < 2000; key++) {
                  try {
                    shortLived.put(key, new byte[64]);
                    begun.countDown();
                  } catch (IllegalStateException e) {
                    assertThat(e).hasMessage("the cache is closed: other");
                    return null;
                  }
                }
                return null;
              },
              () -> {
                begun.await();
                shortLived.close();
                return null;
              }));
      assertThat(other.statistics().inUse()).as("round " + round).isZero();
    }
  }

  private static void all(List<Callable<Void>> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
      List<Future<Void>> results = new ArrayList<>();
      work.forEach(one -> results.add(threads.submit(one)));
      for (Future<Void> result : results) {
        result.get();
      }
    }
  }
}
