package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waits with a deadline, waits that an interrupt ends, and requests that nobody waits for. */
class BoundedWaitTest {
  private static final int PAGE = 32 << 10;
  private static final Thresholds MARKS = new Thresholds(3, 6, 8, 12);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofDays(1000);

  private final List<Integer> taken = new ArrayList<>();
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private MallocType type;

  @BeforeEach
  void open() {
    kmalloc =
        Kmalloc.builder()
            .arena(64L * PAGE)
            .pageSize(PAGE)
            .thresholds(MARKS)
            .nonBlocking(thread -> thread.getName().startsWith("loop"))
            .build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    hooks.recheckEvery(Long.MAX_VALUE);
    type = kmalloc.type("t");
  }

  @AfterEach
  void close() {
    hooks.checkInvariants();
    kmalloc.close();
  }

  private void leaveFree(int free) {
    while (kmalloc.pages().free() > free) {
      taken.add(hooks.takeFree());
    }
  }

  private void awaitWaiters(int n) {
    while (kmalloc.pageStatistics().waiting() != n) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aTimeoutIsTypedAndTellsWhy() {
    leaveFree(0);
    long from = System.nanoTime();
    assertThatThrownBy(() -> type.kmalloc(PAGE, SHORT))
        .isInstanceOf(KmallocTimeoutException.class)
        .hasMessageContaining("no memory within PT0.02S: size=32768, type=t, waiting=0")
        .hasMessageContaining("free=0");
    assertThat(System.nanoTime() - from).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThatThrownBy(() -> type.kmalloc(100, M_INTWAIT, Duration.ZERO))
        .isInstanceOf(KmallocTimeoutException.class);
    assertThat(type.statistics().bytes()).as("the charge is taken back").isZero();
    assertThat(type.statistics().failures()).isEqualTo(2);
    assertThat(kmalloc.pageStatistics().waiting()).isZero();
  }

  @Test
  void withinItsTimeARequestIsServedLikeAnyOther() throws Exception {
    leaveFree(6);
    CompletableFuture<MemorySegment> waiter =
        CompletableFuture.supplyAsync(
            () -> type.kmalloc(2L * PAGE, M_WAITOK | M_ZERO, LONG), Thread::startVirtualThread);
    awaitWaiters(1);
    hooks.giveFree(taken.removeLast());
    assertThat(waiter).isNotDone();
    hooks.giveFree(taken.removeLast());
    assertThat(waiter.get().mismatch(MemorySegment.ofArray(new byte[2 * PAGE]))).isEqualTo(-1);
    type.kfree(waiter.get());
    MemorySegment small = type.kmalloc(100, M_INTWAIT, Duration.ZERO);
    assertThat(small.byteSize()).isEqualTo(100);
    type.kfree(small);
    assertThat(type.kmalloc(0, SHORT).byteSize()).isZero();
  }

  @Test
  void whoGivesUpPassesItsTurnOn() throws Exception {
    leaveFree(6);
    CompletableFuture<MemorySegment> first =
        CompletableFuture.supplyAsync(
            () -> type.kmalloc(4L * PAGE, M_WAITOK, Duration.ofMillis(300)),
            Thread::startVirtualThread);
    awaitWaiters(1);
    CompletableFuture<MemorySegment> second =
        CompletableFuture.supplyAsync(() -> type.kmalloc(PAGE), Thread::startVirtualThread);
    awaitWaiters(2);
    hooks.giveFree(taken.removeLast());
    assertThatThrownBy(first::get).hasCauseInstanceOf(KmallocTimeoutException.class);
    assertThat(second.get(20, TimeUnit.SECONDS).byteSize()).isEqualTo(PAGE);
  }

  @Test
  void anInterruptEndsAnInterruptibleWaitOnly() throws Exception {
    leaveFree(0);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    type.kmallocInterruptibly(PAGE, M_WAITOK);
                  } catch (Throwable e) {
                    thrown.set(e);
                    if (Thread.currentThread().isInterrupted()) {
                      thrown.set(new AssertionError("the status was not cleared"));
                    }
                  }
                });
    awaitWaiters(1);
    waiter.interrupt();
    waiter.join();
    assertThat(thrown.get())
        .isInstanceOf(InterruptedException.class)
        .hasMessage("interrupted while waiting for 32768 bytes of type t");
    assertThat(kmalloc.pageStatistics().waiting()).isZero();
    assertThat(type.statistics().bytes()).isZero();
    assertThatThrownBy(() -> type.kmallocInterruptibly(PAGE, M_WAITOK, SHORT))
        .isInstanceOf(KmallocTimeoutException.class);
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> type.kmalloc(1, M_WAITOK, Duration.ofMillis(-1)))
        .hasMessage("timeout must not be negative: timeout=PT-0.001S");
    assertThatThrownBy(() -> type.kmalloc(1, M_NOWAIT, SHORT))
        .hasMessageStartingWith("kmalloc refuses M_NOWAIT");
    assertThatThrownBy(() -> type.kmallocAsync(1, M_NOWAIT))
        .hasMessageStartingWith("kmallocAsync refuses M_NOWAIT");
    assertThatThrownBy(() -> type.kmalloc(64L * PAGE, SHORT))
        .isInstanceOf(RequestTooLargeException.class);
    assertThatThrownBy(() -> type.kmallocAsync(64L * PAGE).get())
        .hasCauseInstanceOf(RequestTooLargeException.class);
    type.limit(10);
    assertThatThrownBy(() -> type.kmalloc(PAGE, SHORT)).isInstanceOf(LimitReachedException.class);
    assertThatThrownBy(() -> type.kmallocAsync(PAGE).get())
        .hasCauseInstanceOf(LimitReachedException.class);
    type.limit(Long.MAX_VALUE);
  }

  @Test
  void aFutureStandsInTheSameLineAsThreads() throws Exception {
    leaveFree(6);
    List<CompletableFuture<MemorySegment>> line = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      line.add(
          i % 2 == 0
              ? type.kmallocAsync(PAGE)
              : CompletableFuture.supplyAsync(
                  () -> type.kmalloc(PAGE), Thread::startVirtualThread));
      awaitWaiters(i + 1);
    }
    for (int i = 0; i < 6; i++) {
      hooks.giveFree(taken.removeLast());
      assertThat(line.get(i).get(20, TimeUnit.SECONDS).byteSize()).isEqualTo(PAGE);
      for (int later = i + 1; later < 6; later++) {
        assertThat(line.get(later)).isNotDone();
      }
    }
    for (CompletableFuture<MemorySegment> served : line) {
      type.kfree(served.get());
    }
    CompletableFuture<MemorySegment> atOnce = type.kmallocAsync(100, M_WAITOK | M_ZERO);
    assertThat(atOnce).isCompleted();
    type.kfree(atOnce.get());
  }

  @Test
  void aFreedBlockServesAFuture() throws Exception {
    leaveFree(MARKS.reserved() + 1);
    List<MemorySegment> blocks = new ArrayList<>();
    for (MemorySegment b = type.tryKmalloc(9000); b != null; b = type.tryKmalloc(9000)) {
      blocks.add(b);
    }
    leaveFree(0);
    CompletableFuture<MemorySegment> future = type.kmallocAsync(9000);
    awaitWaiters(1);
    assertThat(future).isNotDone();
    type.kfree(blocks.getFirst());
    assertThat(future.get(20, TimeUnit.SECONDS).byteSize()).isEqualTo(9000);
  }

  @Test
  void aCancelledFutureLeavesTheLineAndItsMemoryIsNotLost() throws Exception {
    leaveFree(6);
    CompletableFuture<MemorySegment> cancelled = type.kmallocAsync(4L * PAGE);
    awaitWaiters(1);
    CompletableFuture<MemorySegment> second = type.kmallocAsync(PAGE);
    awaitWaiters(2);
    hooks.giveFree(taken.removeLast());
    assertThat(second).isNotDone();
    assertThat(cancelled.cancel(false)).isTrue();
    assertThatThrownBy(cancelled::get).isInstanceOf(CancellationException.class);
    type.kfree(second.get(20, TimeUnit.SECONDS));
    CompletableFuture<MemorySegment> timed = type.kmallocAsync(30L * PAGE);
    awaitWaiters(1);
    CompletableFuture<MemorySegment> _ = timed.orTimeout(1, TimeUnit.MILLISECONDS);
    awaitWaiters(0);
    while (type.statistics().bytes() != 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void manyFuturesCancelledWhileTheyAreServedLoseNothing() {
    leaveFree(MARKS.reserved() + 2);
    for (int i = 0; i < 3000; i++) {
      CompletableFuture<MemorySegment> a = type.kmallocAsync(2L * PAGE);
      CompletableFuture<MemorySegment> b = type.kmallocAsync(PAGE);
      assertThat(a).as("round %s", i).isCompleted();
      type.kfree(a.join());
      if (!b.cancel(false)) {
        type.kfree(b.join());
      }
      while (type.statistics().bytes() != 0
          || kmalloc.pageStatistics().waiting() != 0
          || kmalloc.pages().free() + kmalloc.pageStatistics().idlePages()
              != MARKS.reserved() + 2) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void closingFailsFuturesWithTheTypedException() {
    leaveFree(0);
    CompletableFuture<MemorySegment> future = type.kmallocAsync(PAGE);
    kmalloc.close();
    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(KmallocClosedException.class);
    assertThatThrownBy(() -> type.kmallocAsync(PAGE).get())
        .hasCauseInstanceOf(KmallocClosedException.class);
    open();
  }

  @Test
  void onAThreadThatNeverBlocksWaitingIsRefusedAndFuturesWork() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<CompletableFuture<MemorySegment>> future = new AtomicReference<>();
    leaveFree(MARKS.reserved());
    Thread loop =
        Thread.ofPlatform()
            .name("loop-1")
            .start(
                () -> {
                  try {
                    for (long size : new long[] {0, 100, PAGE}) {
                      assertThatThrownBy(() -> type.kmalloc(size))
                          .isInstanceOf(CannotBlockException.class)
                          .hasMessageContaining("declared one that never blocks");
                      assertThatThrownBy(() -> type.kmalloc(size, SHORT))
                          .isInstanceOf(CannotBlockException.class);
                    }
                    MemorySegment small = type.tryKmalloc(100);
                    assertThat(small).isNotNull();
                    type.kfree(small);
                    future.set(type.kmallocAsync(PAGE));
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    loop.join();
    assertThat(failure.get()).isNull();
    assertThat(future.get()).isNotDone();
    hooks.giveFree(taken.removeLast());
    assertThat(future.get().get(20, TimeUnit.SECONDS).byteSize()).isEqualTo(PAGE);
  }

  @Test
  void whatDependsOnAFutureMayNotWaitForMemory() throws Exception {
    leaveFree(6);
    CountDownLatch refused = new CountDownLatch(1);
    CompletableFuture<Void> dependent =
        type.kmallocAsync(PAGE)
            .thenAccept(
                block -> {
                  try {
                    type.kmalloc(10);
                  } catch (CannotBlockException e) {
                    refused.countDown();
                  }
                });
    hooks.giveFree(taken.removeLast());
    refused.await();
    dependent.get();
  }

  @Test
  void aPreemptingCallerAsksAndIsServedAsAnOrdinaryOne() throws Exception {
    FakeScheduler cpu = new FakeScheduler(1);
    try (var lease = kmalloc.schedulerPort().attach(cpu, 1)) {
      leaveFree(0);
      cpu.on(0).preempting(true);
      CompletableFuture<MemorySegment> future = type.kmallocAsync(PAGE);
      cpu.on(-1);
      awaitWaiters(1);
      for (int i = 0; i < MARKS.reserved(); i++) {
        hooks.giveFree(taken.removeLast());
      }
      assertThat(future).as("it preempts nobody any more: its floor is R").isNotDone();
      hooks.giveFree(taken.removeLast());
      type.kfree(future.get(20, TimeUnit.SECONDS));
      assertThat(lease).isNotNull();
    }
  }
}
