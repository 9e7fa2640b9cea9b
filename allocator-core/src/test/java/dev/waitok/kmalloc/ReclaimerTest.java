package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Code of the application that gives memory back. */
class ReclaimerTest {
  private static final int PAGE = 4096;
  private static final int RUN = 8;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(256L * PAGE).pageSize(PAGE).build();
  private final MallocType type = kmalloc.type("cache");
  private final Queue<Long> cache = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    kmalloc.close();
  }

  private void fillCache() {
    for (long run = type.tryKmallocAddress((long) RUN * PAGE);
        run >= 0;
        run = type.tryKmallocAddress((long) RUN * PAGE)) {
      cache.add(run);
    }
  }

  private int evict(int pages) {
    int gave = 0;
    for (Long run = cache.poll(); run != null; run = gave < pages ? cache.poll() : null) {
      type.kfree(run);
      gave += RUN;
    }
    return gave;
  }

  private void awaitStatistics(String name, Predicate<ReclaimerStatistics> wanted) {
    while (kmalloc.reclaimers().stream().noneMatch(r -> r.name().equals(name) && wanted.test(r))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aWaiterIsServedByTheCheapestThatHasSomething() throws Exception {
    List<String> order = new ArrayList<>();
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    fillCache();
    Registration dear =
        kmalloc.reclaimer(
            "dear",
            100,
            0,
            pages -> {
              synchronized (order) {
                order.add("dear");
              }
              threads.add(Thread.currentThread());
              return evict(pages);
            });
    Registration cheap =
        kmalloc.reclaimer(
            "cheap",
            1,
            0,
            pages -> {
              synchronized (order) {
                order.add("cheap");
              }
              return 0;
            });
    for (int i = 0; i < 20; i++) {
      long block = type.kmallocAddress(40L * PAGE);
      type.kfree(block);
      fillCache();
    }
    assertThat(threads.take()).isNotEqualTo(Thread.currentThread());
    assertThat(order).contains("cheap", "dear");
    assertThat(kmalloc.reclaimers())
        .extracting(ReclaimerStatistics::name)
        .containsExactly("cheap", "dear");
    assertThat(kmalloc.reclaimers().getLast().pages()).isGreaterThanOrEqualTo(40);
    assertThat(kmalloc.reclaimers()).allMatch(r -> r.setAside() == null && r.nanos() > 0);
    dear.close();
    cheap.close();
    assertThat(kmalloc.reclaimers()).isEmpty();
  }

  @Test
  void oneThatThrowsIsSetAsideWithItsNameAndHarmsNobody() throws Exception {
    fillCache();
    try (Registration bad =
            kmalloc.reclaimer(
                "bad",
                1,
                0,
                pages -> {
                  throw new IllegalStateException("cache is broken");
                });
        Registration waits =
            kmalloc.reclaimer(
                "waits",
                2,
                0,
                pages -> {
                  type.kfree(type.kmallocAddress(100));
                  return 0;
                });
        Registration good = kmalloc.reclaimer("good", 3, 0, this::evict)) {
      type.kfree(type.kmallocAddress(40L * PAGE));
      awaitStatistics(
          "bad",
          r -> "it threw java.lang.IllegalStateException: cache is broken".equals(r.setAside()));
      awaitStatistics(
          "waits",
          r -> r.setAside() != null && r.setAside().contains("CannotBlockException: kmalloc may"));
      assertThat(kmalloc.reclaimers().getFirst().calls()).isEqualTo(1);
      assertThat(List.of(bad, waits, good)).doesNotContainNull();
    }
  }

  @Test
  void oneThatDoesNotComeBackIsSetAsideAndOthersGoOn() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    fillCache();
    Reclaimer hangs =
        pages -> {
          never.await();
          return 0;
        };
    Registration first = kmalloc.reclaimer("hangs", 1, 0, hangs);
    Registration second = kmalloc.reclaimer("hangs too", 2, 0, hangs);
    Registration good = kmalloc.reclaimer("good", 3, 0, this::evict);
    type.kfree(type.kmallocAddress(40L * PAGE));
    awaitStatistics("hangs", r -> r.setAside() != null);
    awaitStatistics("hangs too", r -> r.setAside() != null);
    assertThat(kmalloc.reclaimers().getFirst().setAside()).startsWith("it was not back after");
    never.countDown();
    for (Registration registration : List.of(first, second, good)) {
      registration.close();
    }
  }

  @Test
  void itIsNeverCalledWithinItself() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    fillCache();
    try (Registration it =
        kmalloc.reclaimer(
            "it",
            1,
            0,
            pages -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              for (int i = 0; i < 1000; i++) {
                assertThat(type.tryKmallocAddress(200L * PAGE)).isEqualTo(Kmalloc.NULL);
              }
              int gave = evict(pages);
              inside.decrementAndGet();
              return gave;
            })) {
      for (int i = 0; i < 50; i++) {
        type.kfree(type.kmallocAddress(40L * PAGE));
        fillCache();
      }
      assertThat(most).hasValue(1);
      assertThat(it).isNotNull();
    }
  }

  /** Scenario: K reclaimers at once, each of which needs m pages to free more. */
  @Test
  void aReserveOfWhatEachNeedsSufficesForAllAtOnceAndOneLessFailsClearly() throws Exception {
    assertThat(runTogether(2, 3, 15)).isEqualTo(6);
    assertThat(runTogether(2, 3, 14)).as("each lacks one page of its last run").isEqualTo(4);
    TestHooks.of(kmalloc).checkInvariants();
    assertThatThrownBy(() -> kmalloc.reclaimer("greedy", 1, 33, pages -> 0))
        .hasMessage("reclaimer greedy may reserve 0 to 32 pages: pages=33");
  }

  /**
   * Runs k reclaimers with FREE empty, all inside at once; returns how many runs of five pages they
   * got.
   */
  private int runTogether(int k, int needs, int reserves) throws Exception {
    TestHooks hooks = TestHooks.of(kmalloc);
    CountDownLatch allInside = new CountDownLatch(k);
    CountDownLatch allTook = new CountDownLatch(k);
    CountDownLatch done = new CountDownLatch(k);
    AtomicInteger got = new AtomicInteger();
    List<Registration> registrations = new ArrayList<>();
    List<Integer> taken = new ArrayList<>();
    hooks.holdPageout();
    hooks.callIn(); // runs that the stripes have kept
    for (int i = 0; i < k; i++) {
      AtomicInteger calls = new AtomicInteger();
      registrations.add(
          kmalloc.reclaimer(
              "r" + i,
              i,
              reserves,
              pages -> {
                if (calls.getAndIncrement() > 0) {
                  return 0;
                }
                allInside.countDown();
                allInside.await();
                List<Long> scratch = new ArrayList<>();
                for (int n = 0; n < needs; n++) {
                  long run = type.tryKmallocAddress(5L * PAGE, M_INTNOWAIT);
                  if (run >= 0) {
                    scratch.add(run);
                  }
                }
                allTook.countDown();
                allTook.await();
                got.addAndGet(scratch.size());
                scratch.forEach(type::kfree);
                done.countDown();
                return 0;
              }));
    }
    for (int page = hooks.takeFree(); page >= 0; page = hooks.takeFree()) {
      taken.add(page);
    }
    hooks.resumePageout();
    done.await();
    for (int page : taken) {
      hooks.giveFree(page);
    }
    registrations.forEach(Registration::close);
    return got.get();
  }

  @Test
  void anOrdinaryThreadCannotUseTheReserve() {
    TestHooks hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    Registration registration = kmalloc.reclaimer("idle", 1, 20, pages -> 0);
    int taken = 0;
    while (hooks.takeFree() >= 0) {
      taken++;
    }
    assertThat(taken).isEqualTo(236);
    assertThat(type.tryKmallocAddress(100, M_INTNOWAIT)).isEqualTo(Kmalloc.NULL);
    hooks.checkInvariants();
    registration.close();
    assertThat(kmalloc.pages().free()).isEqualTo(20);
  }
}
