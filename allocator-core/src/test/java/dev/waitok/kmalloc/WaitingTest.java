package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real threads that wait, with the waiters' own re-check switched off: a lost wake-up hangs. */
class WaitingTest {
  private static final int PAGE = 32 << 10;
  private static final Thresholds MARKS = new Thresholds(3, 6, 8, 12);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Integer> taken = new ArrayList<>();
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private MallocType type;

  @BeforeEach
  void open() {
    kmalloc = Kmalloc.builder().arena(64L * PAGE).pageSize(PAGE).thresholds(MARKS).build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    hooks.recheckEvery(Long.MAX_VALUE);
    type = kmalloc.type("t");
  }

  @AfterEach
  void close() {
    hooks.checkInvariants();
    kmalloc.close();
    threads.shutdownNow();
  }

  private void leaveFree(int free) {
    while (kmalloc.pages().free() > free) {
      taken.add(hooks.takeFree());
    }
  }

  private CompletableFuture<Long> waiter(long size, int flags) {
    int before = kmalloc.pageStatistics().waiting();
    CompletableFuture<Long> future =
        CompletableFuture.supplyAsync(() -> type.kmallocAddress(size, flags), threads);
    while (kmalloc.pageStatistics().waiting() == before && !future.isDone()) {
      Thread.onSpinWait();
    }
    return future;
  }

  @Test
  void withinAFloorFirstComeFirstServed() throws Exception {
    leaveFree(6);
    List<CompletableFuture<Long>> waiters = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiters.add(waiter(PAGE, M_WAITOK));
    }
    for (int i = 0; i < 5; i++) {
      hooks.giveFree(taken.removeLast());
      waiters.get(i).get();
      for (int later = i + 1; later < 5; later++) {
        assertThat(waiters.get(later)).isNotDone();
      }
    }
  }

  @Test
  void nobodyWaitsBehindAHigherFloor() throws Exception {
    leaveFree(0);
    CompletableFuture<Long> ordinary = waiter(PAGE, M_WAITOK);
    CompletableFuture<Long> reserve = waiter(PAGE, M_WAITOK | M_USE_RESERVE);
    CompletableFuture<Long> interrupt = waiter(PAGE, M_INTWAIT);
    hooks.giveFree(taken.removeLast());
    interrupt.get();
    assertThat(reserve).isNotDone();
    for (int i = 0; i < MARKS.interrupt() + 1; i++) {
      hooks.giveFree(taken.removeLast());
    }
    reserve.get();
    assertThat(ordinary).isNotDone();
    while (!ordinary.isDone()) {
      hooks.giveFree(taken.removeLast());
      if (kmalloc.pages().free() > MARKS.reserved()) {
        ordinary.get();
      }
    }
  }

  @Test
  void freedPagesAreKeptForTheHeadAgainstItsOwnFloorOnly() throws Exception {
    leaveFree(7);
    CompletableFuture<Long> wantsTen = waiter(10L * PAGE, M_WAITOK);
    CompletableFuture<Long> newcomer = waiter(PAGE, M_WAITOK);
    assertThat(newcomer).as("one page above R, but kept for the head").isNotDone();
    assertThat(type.tryKmallocAddress(PAGE, M_INTNOWAIT)).isNotNegative();
    type.kfree(waiter(PAGE, M_INTWAIT).get());
    while (!wantsTen.isDone()) {
      hooks.giveFree(taken.removeFirst());
      if (kmalloc.pages().free() >= 16) {
        wantsTen.get();
      }
    }
    hooks.giveFree(taken.removeFirst());
    newcomer.get();
  }

  @Test
  void theHoldIsLiftedForSmallerRequestsWhenNothingIsFreed() throws Exception {
    hooks.recheckEvery(50_000_000);
    leaveFree(7);
    CompletableFuture<Long> wantsTen = waiter(10L * PAGE, M_WAITOK);
    CompletableFuture<Long> wantsOne = waiter(PAGE, M_WAITOK);
    wantsOne.get();
    assertThat(wantsTen).isNotDone();
    for (int page : taken) {
      hooks.giveFree(page);
    }
    wantsTen.get();
  }

  @Test
  void cachePagesEndAWaitToo() throws Exception {
    VmObject object = kmalloc.object(4L * PAGE, (offset, into) -> into.fill((byte) 1));
    List<PageRef> pinned = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pinned.add(object.page(i));
    }
    leaveFree(0);
    CompletableFuture<Long> waiter = waiter(2L * PAGE, M_WAITOK);
    object.cachePages();
    assertThat(waiter).as("all pages are pinned").isNotDone();
    for (PageRef page : pinned) {
      page.close();
    }
    object.cachePages();
    waiter.get();
    assertThat(kmalloc.pages().cache()).isEqualTo(2);
    assertThat(kmalloc.pageStatistics().reclaimedPages()).isEqualTo(2);
  }

  @Test
  void aFreedBlockWakesItsOwnClass() throws Exception {
    List<Long> blocks = new ArrayList<>();
    leaveFree(MARKS.reserved() + 1);
    for (long b = type.tryKmallocAddress(1000); b >= 0; b = type.tryKmallocAddress(1000)) {
      blocks.add(b);
    }
    leaveFree(0);
    List<CompletableFuture<Long>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(waiter(1000, M_WAITOK));
    }
    for (int i = 0; i < 3; i++) {
      type.kfree(blocks.get(i));
    }
    for (CompletableFuture<Long> waiter : waiters) {
      assertThat(waiter.get()).isNotNegative();
    }
  }

  @Test
  void closingEndsEveryWaitWithATypedException() {
    leaveFree(0);
    List<CompletableFuture<Long>> waiters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiters.add(waiter((i + 1) * PAGE, i % 2 == 0 ? M_WAITOK : M_INTWAIT));
    }
    kmalloc.close();
    for (CompletableFuture<Long> waiter : waiters) {
      assertThatThrownBy(waiter::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(KmallocClosedException.class);
    }
    open();
  }

  @Test
  void anInterruptNeitherEndsAWaitNorGetsLost() throws Exception {
    leaveFree(0);
    CountDownLatch seen = new CountDownLatch(1);
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  type.kmallocAddress(PAGE, M_INTWAIT);
                  if (Thread.interrupted()) {
                    seen.countDown();
                  }
                });
    while (kmalloc.pageStatistics().waiting() == 0) {
      Thread.onSpinWait();
    }
    waiter.interrupt();
    hooks.giveFree(taken.removeLast());
    seen.await();
    waiter.join();
  }

  @Test
  void manyVirtualThreadsOnFewPagesAllGetTheirTurn() throws Exception {
    leaveFree(MARKS.reserved() + 4);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> waiters = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long pages = 1 + i % 4;
      waiters.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int n = 0; n < 30; n++) {
                    long block = type.kmallocAddress(pages * PAGE, M_WAITOK);
                    Thread.yield();
                    type.kfree(block);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    // The four pages lie together: a run of four comes back when all are free.
    for (Thread waiter : waiters) {
      waiter.join();
    }
    assertThat(failures).isEmpty();
    assertThat(type.statistics().inUse()).isZero();
    assertThat(kmalloc.pageStatistics().waiting()).isZero();
  }

  @Test
  void pageoutServesAWaiterOfARunFromAFullObject() throws IOException {
    VmObject object = kmalloc.object(60L * PAGE, (offset, into) -> into.fill((byte) 1));
    hooks.resumePageout();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < object.pages(); i++) {
        object.page(i).close();
      }
    }
    long run = type.kmallocAddress(20L * PAGE, M_WAITOK);
    type.kfree(run);
    object.close();
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void blocksThatAreFreedDoNotKeepTheHold() throws Exception {
    hooks.recheckEvery(50_000_000);
    long block = type.kmallocAddress(64);
    long keepsTheZone = type.kmallocAddress(64);
    leaveFree(7);
    CompletableFuture<Long> wantsTen = waiter(10L * PAGE, M_WAITOK);
    CompletableFuture<Long> wantsOne = waiter(PAGE, M_WAITOK);
    while (!wantsOne.isDone()) {
      type.kfree(block);
      block = type.tryKmallocAddress(64, M_INTNOWAIT);
    }
    assertThat(wantsTen).isNotDone();
    leaveMore(20);
    wantsTen.get();
    type.kfree(keepsTheZone);
  }

  private void leaveMore(int pages) {
    for (int i = 0; i < pages; i++) {
      hooks.giveFree(taken.removeFirst());
    }
  }

  @Test
  void aHeadThatNeedsAnAlignedPageDoesNotStarveOthers() throws Exception {
    hooks.recheckEvery(50_000_000);
    leaveFree(0);
    long firstPage = kmalloc.nativeAddress(0) / PAGE;
    List<Integer> odd = taken.stream().filter(page -> ((firstPage + page) & 1) == 1).toList();
    odd.forEach(hooks::giveFree);
    CompletableFuture<Long> aligned =
        CompletableFuture.supplyAsync(
            () -> kmalloc.kmallocAddressAligned(PAGE, 2 * PAGE, type, M_WAITOK), threads);
    while (kmalloc.pageStatistics().waiting() == 0) {
      Thread.onSpinWait();
    }
    waiter(PAGE, M_WAITOK).get();
    assertThat(aligned).isNotDone();
  }

  @Test
  void aHeadThatLacksOnlyARunHoldsNobodyUp() throws Exception {
    leaveFree(0);
    List<Integer> everyOther = taken.stream().filter(page -> page % 2 == 0).toList();
    everyOther.forEach(hooks::giveFree);
    CompletableFuture<Long> run = waiter(2L * PAGE, M_WAITOK);
    List<Long> passed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      passed.add(waiter(PAGE, M_WAITOK).get());
    }
    assertThat(run).isNotDone();
    // From here on a page more would leave the run's two above R too few: they are gathered for it.
    while (kmalloc.pages().free() - MARKS.reserved() > 2) {
      passed.add(waiter(PAGE, M_WAITOK).get());
    }
    assertThat(waiter(PAGE, M_WAITOK)).isNotDone();
    hooks.giveFree(everyOther.getLast() + 1);
    run.get();
  }
}
