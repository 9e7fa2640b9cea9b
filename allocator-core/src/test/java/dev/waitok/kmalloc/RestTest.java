package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When an allocator that only a scheduler's threads use says that no memory comes any more. */
class RestTest {
  private static final int PAGE = 4096;

  /** Looks enough to be sure that one more changes nothing. */
  private static final int LOOKS = 6;

  private final Queue<MemoryReport> reports = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> atEnd = new ConcurrentLinkedQueue<>();
  private final FakeScheduler scheduler = new FakeScheduler(1);
  private Kmalloc kmalloc = open(StallPolicy.KEEP_WAITING);
  private SchedulerPort.Lease lease = kmalloc.schedulerPort().attach(scheduler, 1);
  private TestHooks hooks = TestHooks.of(kmalloc);
  private MallocType type = kmalloc.type("t");
  private final List<Long> held = new ArrayList<>();

  private Kmalloc open(StallPolicy policy) {
    return Kmalloc.builder()
        .arena(64L * PAGE)
        .pageSize(PAGE)
        .scheduledOnly()
        .reportStallAfter(Duration.ofHours(1))
        .onStall(policy)
        .onStall(reports::add)
        .build();
  }

  private void openAnew(StallPolicy policy) {
    close();
    kmalloc = open(policy);
    lease = kmalloc.schedulerPort().attach(scheduler, 1);
    hooks = TestHooks.of(kmalloc);
    type = kmalloc.type("t");
  }

  @AfterEach
  void close() {
    atEnd.forEach(Runnable::run);
    free();
    lease.close();
    kmalloc.close();
  }

  private void takeAll() {
    for (long b = type.tryKmallocAddress(PAGE, M_INTNOWAIT);
        b != Kmalloc.NULL;
        b = type.tryKmallocAddress(PAGE, M_INTNOWAIT)) {
      held.add(b);
    }
  }

  private void free() {
    held.forEach(type::kfree);
    held.clear();
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private void awaitLooks() {
    long seen = hooks.restLooks();
    until(() -> hooks.restLooks() >= seen + LOOKS);
  }

  private static MemorySegment get(CompletableFuture<MemorySegment> future) {
    return future.join();
  }

  @Test
  void itIsSaidOnceAtRestAndAgainWhenSomethingHasChanged() {
    takeAll();
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    until(() -> !reports.isEmpty());
    assertThat(reports.element().waiters()).hasSize(1);
    awaitLooks();
    assertThat(reports).hasSize(1);
    CompletableFuture<MemorySegment> second = type.kmallocAsync(PAGE);
    until(() -> reports.size() == 2);
    free();
    type.kfree(get(first));
    type.kfree(get(second));
  }

  @Test
  void nothingIsSaidWhileAThreadCanRun() {
    takeAll();
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    awaitLooks();
    assertThat(reports).isEmpty();
    scheduler.atRest(true);
    until(() -> reports.size() == 1);
    free();
    type.kfree(get(first));
  }

  @Test
  void theYoungestGivesUpThenTheNext() {
    openAnew(StallPolicy.THROW_TO_YOUNGEST);
    takeAll();
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    assertThatThrownBy(first::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(MemoryStalledException.class);
    CompletableFuture<MemorySegment> second = type.kmallocAsync(PAGE);
    assertThatThrownBy(second::join).hasCauseInstanceOf(MemoryStalledException.class);
    assertThat(reports).hasSize(2);
  }

  @Test
  void withoutASchedulerNobodyKnows() {
    lease.close();
    takeAll();
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    awaitLooks();
    assertThat(reports).isEmpty();
    free();
    type.kfree(get(first));
  }

  @Test
  void aWaitThatEndsByItselfIsNoStall() throws InterruptedException {
    takeAll();
    scheduler.atRest(true);
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    Thread bounded =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    type.kmalloc(PAGE, M_WAITOK, Duration.ofMillis(300));
                  } catch (KmallocTimeoutException e) {
                    thrown.add(e);
                  }
                });
    awaitLooks();
    bounded.join();
    assertThat(thrown).hasSize(1);
    assertThat(reports).isEmpty();
  }

  @Test
  void aPassOfPageoutIsWaitedFor() {
    takeAll();
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch inPass = new CountDownLatch(1);
    atEnd.add(go::countDown);
    hooks.obstructPageout(
        () -> {
          inPass.countDown();
          awaitUninterruptibly(go);
        });
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    awaitUninterruptibly(inPass);
    awaitLooks();
    assertThat(reports).isEmpty();
    hooks.obstructPageout(null);
    go.countDown();
    until(() -> reports.size() == 1);
    free();
    type.kfree(get(first));
  }

  @Test
  void aReclaimerThatRunsIsWaitedForAndThenAskedAgain() {
    takeAll();
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch inCall = new CountDownLatch(1);
    atEnd.add(go::countDown);
    try (Registration _ =
        kmalloc.reclaimer(
            "slow",
            1,
            0,
            pages -> {
              inCall.countDown();
              go.await();
              return 0;
            })) {
      scheduler.atRest(true);
      CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
      awaitUninterruptibly(inCall);
      awaitLooks();
      assertThat(reports).isEmpty();
      go.countDown();
      until(() -> reports.size() == 1);
      free();
      type.kfree(get(first));
    }
  }

  @Test
  void aReadThatIsUnderWayIsWaitedFor() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch inRead = new CountDownLatch(1);
    atEnd.add(go::countDown);
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              inRead.countDown();
              awaitUninterruptibly(go);
            });
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    object.page(0).close();
                  } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                  }
                });
    awaitUninterruptibly(inRead);
    takeAll();
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> first = type.kmallocAsync(PAGE);
    awaitLooks();
    assertThat(reports).isEmpty();
    go.countDown();
    reader.join();
    free();
    type.kfree(get(first));
    object.close();
  }

  @Test
  void aRunIsTriedForBeforeItIsGivenUp() {
    takeAll();
    scheduler.atRest(true);
    CompletableFuture<MemorySegment> run = type.kmallocAsync(8L * PAGE);
    awaitLooks();
    assertThat(reports).as("windows take a second or two").isEmpty();
    until(() -> reports.size() == 1);
    free();
    type.kfree(get(run));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
