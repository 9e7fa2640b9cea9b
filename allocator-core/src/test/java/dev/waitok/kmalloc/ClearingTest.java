package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of pages that are made for who waits while blocks go from hand to hand. */
class ClearingTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 256;
  private static final int BLOCK = 1024;

  /** Far beyond what any wait here takes on a busy machine. */
  private static final Duration LONG = Duration.ofSeconds(50);

  private final List<Long> held = new ArrayList<>();
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private MallocType blocks;
  private MallocType runs;

  @BeforeEach
  void open() {
    kmalloc =
        Kmalloc.builder()
            .arena((long) PAGES * PAGE)
            .pageSize(PAGE)
            .stripes(1)
            .thresholds(new Thresholds(2, 4, 6, 8))
            .build();
    hooks = TestHooks.of(kmalloc);
    blocks = kmalloc.type("blocks");
    runs = kmalloc.type("runs");
  }

  @AfterEach
  void close() {
    kmalloc.close();
  }

  private void fill() {
    for (long b = blocks.tryKmallocAddress(BLOCK, M_INTNOWAIT);
        b >= 0;
        b = blocks.tryKmallocAddress(BLOCK, M_INTNOWAIT)) {
      held.add(b);
    }
  }

  private void freeAll() {
    held.forEach(blocks::kfree);
    held.clear();
  }

  private CompletableFuture<MemorySegment> waiting(MallocType type, long size, int flags) {
    int before = kmalloc.pageStatistics().waiting();
    CompletableFuture<MemorySegment> waiter =
        CompletableFuture.supplyAsync(
            () -> type.kmalloc(size, flags, LONG), Thread::startVirtualThread);
    while (kmalloc.pageStatistics().waiting() == before) {
      Thread.onSpinWait();
    }
    return waiter;
  }

  /** Without pageout, which may be putting a window's zones on their lists again. */
  private void checkAtRest() {
    hooks.holdPageout();
    hooks.checkInvariants();
  }

  private void awaitWindow() {
    while (hooks.windowPages() == 0) {
      Thread.onSpinWait();
    }
  }

  /** The blocks that are held, by page. */
  private Map<Long, List<Long>> heldByPage() {
    Map<Long, List<Long>> byPage = new HashMap<>();
    held.forEach(b -> byPage.computeIfAbsent(b / PAGE, p -> new ArrayList<>()).add(b));
    return byPage;
  }

  @Test
  void aRunIsMadeInAStreamOfBlocksThatWantsMoreThanThereIs() throws Exception {
    AtomicBoolean going = new AtomicBoolean(true);
    List<Thread> stream = new ArrayList<>();
    for (int i = 0; i < 2 * PAGES * PAGE / BLOCK; i++) {
      stream.add(
          Thread.startVirtualThread(
              () -> {
                while (going.get()) {
                  long block = blocks.kmallocAddress(BLOCK);
                  LockSupport.parkNanos(1_000);
                  blocks.kfree(block);
                }
              }));
    }
    while (kmalloc.pageStatistics().waiting() < PAGES) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 5; i++) {
      MemorySegment run = runs.kmalloc(64 * PAGE, LONG);
      runs.kfree(run);
    }
    going.set(false);
    for (Thread thread : stream) {
      thread.join();
    }
    assertThat(blocks.statistics().bytes()).isZero();
    checkAtRest();
  }

  @Test
  void zonesWithFewBlocksAreClearedFirst() throws Exception {
    fill();
    // One block a page is left in the upper half, and none is free for anybody in the lower.
    Map<Long, List<Long>> byPage = heldByPage();
    List<Long> last = new ArrayList<>();
    byPage.forEach(
        (page, there) -> {
          if (page >= PAGES / 2) {
            last.add(there.removeLast());
            there.forEach(blocks::kfree);
            held.removeAll(there);
          }
        });
    CompletableFuture<MemorySegment> run = waiting(runs, 32L * PAGE, M_WAITOK);
    awaitWindow();
    assertThat(run).isNotDone();
    last.forEach(blocks::kfree);
    held.removeAll(last);
    MemorySegment got = run.get();
    assertThat((got.address() - kmalloc.nativeAddress(0)) / PAGE)
        .isGreaterThanOrEqualTo(PAGES / 2 - 16);
    runs.kfree(got);
    freeAll();
    checkAtRest();
  }

  @Test
  void blocksOfWithdrawnZonesAreForWhoIsNeverKeptWaiting() throws Exception {
    fill();
    CompletableFuture<MemorySegment> run = waiting(runs, 128L * PAGE, M_WAITOK);
    awaitWindow();
    hooks.recheckEvery(Long.MAX_VALUE); // no relief for who begins to wait from now on
    List<Long> freed = new ArrayList<>();
    heldByPage().forEach((page, there) -> freed.add(there.getFirst()));
    // More blocks are freed outside the window than are taken again, so its own come last.
    freed.forEach(blocks::kfree);
    held.removeAll(freed);
    assertThat(run).isNotDone();
    int taken = 0;
    for (long b = blocks.tryKmallocAddress(BLOCK); b >= 0; b = blocks.tryKmallocAddress(BLOCK)) {
      held.add(b);
      taken++;
    }
    assertThat(taken).as("no block is refused to the no-wait family").isEqualTo(freed.size());
    freeAll();
    runs.kfree(run.get());
    checkAtRest();
  }

  @Test
  void whoWaitsBehindGetsNoBlockOfAWithdrawnZoneUntilTheRunIsServed() throws Exception {
    fill();
    hooks.recheckEvery(Long.MAX_VALUE);
    CompletableFuture<MemorySegment> run = waiting(runs, (PAGES - 8L) * PAGE, M_WAITOK);
    awaitWindow();
    CompletableFuture<MemorySegment> behind = waiting(blocks, BLOCK, M_WAITOK);
    CompletableFuture<MemorySegment> deeper = waiting(blocks, BLOCK, M_INTWAIT);
    long inside = held.get(held.size() / 2);
    blocks.kfree(inside);
    held.remove(inside);
    assertThat(deeper.get(40, TimeUnit.SECONDS).byteSize()).isEqualTo(BLOCK);
    assertThat(behind).isNotDone();
    assertThat(run).isNotDone();
    blocks.kfree(deeper.get());
    freeAll();
    runs.kfree(run.get());
    blocks.kfree(behind.get());
    checkAtRest();
  }

  @Test
  void aThreadThatNeedsOneBlockToFreeAHundredIsRelieved() throws Exception {
    fill();
    CompletableFuture<MemorySegment> run = waiting(runs, (PAGES - 8L) * PAGE, M_WAITOK);
    awaitWindow();
    long one = held.removeLast();
    blocks.kfree(one); // its zone is withdrawn
    MemorySegment block = blocks.kmalloc(BLOCK, LONG);
    freeAll();
    blocks.kfree(block);
    runs.kfree(run.get());
    checkAtRest();
  }

  @Test
  void zonesComeBackWhenTheWaiterLeaves() throws Exception {
    fill();
    CompletableFuture<MemorySegment> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return runs.kmalloc(128L * PAGE, Duration.ofMillis(200));
              } catch (KmallocTimeoutException e) {
                return MemorySegment.NULL;
              }
            },
            Thread::startVirtualThread);
    awaitWindow();
    List<Long> freed = new ArrayList<>();
    heldByPage().forEach((page, there) -> freed.add(there.getFirst()));
    freed.forEach(blocks::kfree);
    held.removeAll(freed);
    assertThat(run.get()).isEqualTo(MemorySegment.NULL);
    for (int i = 0; i < freed.size(); i++) {
      held.add(blocks.kmallocAddress(BLOCK, M_WAITOK));
    }
    assertThat(hooks.windowPages()).isZero();
    checkAtRest();
    freeAll();
  }

  @Test
  void aWindowThatDoesNotMoveIsGivenUpForAnother() throws Exception {
    fill();
    List<Long> spare = new ArrayList<>();
    heldByPage().forEach((page, there) -> spare.add(there.getFirst()));
    spare.forEach(blocks::kfree);
    held.removeAll(spare);
    CompletableFuture<MemorySegment> run = waiting(runs, 16L * PAGE, M_WAITOK);
    awaitWindow();
    long first = hooks.windowFirstPage();
    long end = first + hooks.windowPages();
    // What is in the window is never freed; all else is, in turn, and taken again at once.
    List<Long> ring = new ArrayList<>(held);
    ring.removeIf(b -> b / PAGE >= first && b / PAGE < end);
    held.removeAll(ring);
    Random random = new Random(7);
    for (int i = 0; !run.isDone(); i = random.nextInt(ring.size())) {
      blocks.kfree(ring.get(i));
      ring.set(i, blocks.kmallocAddress(BLOCK, M_WAITOK));
    }
    held.addAll(ring);
    runs.kfree(run.get());
    freeAll();
    checkAtRest();
  }
}
