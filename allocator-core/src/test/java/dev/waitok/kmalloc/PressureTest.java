package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Levels of pressure, who is told of them and on which thread. */
class PressureTest {
  private static final int PAGE = 4096;
  private static final Thresholds MARKS = new Thresholds(3, 16, 24, 32);

  private final List<Integer> taken = new ArrayList<>();
  private Kmalloc kmalloc;
  private TestHooks hooks;

  @BeforeEach
  void open() {
    kmalloc = Kmalloc.builder().arena(128L * PAGE).pageSize(PAGE).thresholds(MARKS).build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
  }

  @AfterEach
  void close() {
    kmalloc.close();
  }

  private void setFree(int free) {
    while (kmalloc.pages().free() > free) {
      taken.add(hooks.takeFree());
    }
    while (kmalloc.pages().free() < free) {
      hooks.giveFree(taken.removeLast());
    }
  }

  /** takeFree of the hooks passes the levels over: a real request notices. */
  private PressureLevel at(int free) {
    setFree(free);
    return kmalloc.pressure();
  }

  @Test
  void aLevelIsEnteredAtItsMarkAndLeftAnEighthAbove() {
    assertThat(at(32)).isEqualTo(PressureLevel.NONE);
    assertThat(at(31)).isEqualTo(PressureLevel.TARGET);
    assertThat(at(35)).isEqualTo(PressureLevel.TARGET);
    assertThat(at(36)).isEqualTo(PressureLevel.NONE);
    assertThat(at(23)).isEqualTo(PressureLevel.MIN);
    assertThat(at(15)).isEqualTo(PressureLevel.SEVERE);
    assertThat(at(17)).isEqualTo(PressureLevel.SEVERE);
    assertThat(at(18)).isEqualTo(PressureLevel.MIN);
    assertThat(at(0)).isEqualTo(PressureLevel.SEVERE);
    assertThat(at(100)).isEqualTo(PressureLevel.NONE);
  }

  @Test
  void cachePagesCountSinceWhoWaitsMayHaveThem() throws IOException {
    VmObject object = kmalloc.object(60L * PAGE, (offset, into) -> into.fill((byte) 1));
    for (int i = 0; i < 60; i++) {
      object.page(i).close();
    }
    assertThat(at(10)).isEqualTo(PressureLevel.SEVERE);
    object.cachePages();
    assertThat(kmalloc.pressure()).isEqualTo(PressureLevel.NONE);
    for (int i = 0; i < 60; i++) {
      object.page(i).close();
    }
    assertThat(kmalloc.pressure()).isEqualTo(PressureLevel.SEVERE);
  }

  @Test
  void listenersAreToldOffTheAllocatingThread() throws Exception {
    BlockingQueue<PressureLevel> told = new LinkedBlockingQueue<>();
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    MallocType type = kmalloc.type("t");
    Registration bad =
        kmalloc.onPressure(
            level -> {
              throw new IllegalStateException("a listener that fails harms nobody");
            });
    Registration good =
        kmalloc.onPressure(
            level -> {
              threads.add(Thread.currentThread());
              assertThatThrownBy(() -> type.kmalloc(1)).isInstanceOf(CannotBlockException.class);
              told.add(level);
            });
    long block = type.kmallocAddress(98L * PAGE);
    assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(PressureLevel.TARGET);
    type.kfree(block);
    assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo(PressureLevel.NONE);
    assertThat(threads.take()).isNotEqualTo(Thread.currentThread());
    bad.close();
    good.close();
    good.close();
    CompletableFuture<PressureLevel> low = kmalloc.whenBelow(PressureLevel.TARGET);
    assertThat(low).isCompletedWithValue(PressureLevel.NONE);
    setFree(0);
    setFree(100);
    assertThat(told).isEmpty();
  }

  @Test
  void aFutureCompletesWhenMemoryIsBack() throws Exception {
    setFree(10);
    CompletableFuture<PressureLevel> severe = kmalloc.whenBelow(PressureLevel.SEVERE);
    CompletableFuture<PressureLevel> target = kmalloc.whenBelow(PressureLevel.TARGET);
    CompletableFuture<PressureLevel> cancelled = kmalloc.whenBelow(PressureLevel.TARGET);
    assertThat(cancelled.cancel(false)).isTrue();
    setFree(20);
    assertThat(severe.get(20, TimeUnit.SECONDS)).isEqualTo(PressureLevel.MIN);
    assertThat(target).isNotDone();
    setFree(60);
    assertThat(target.get(20, TimeUnit.SECONDS)).isEqualTo(PressureLevel.NONE);
    assertThatThrownBy(() -> kmalloc.whenBelow(PressureLevel.NONE))
        .hasMessage("no level is below NONE");
    setFree(0);
    CompletableFuture<PressureLevel> late = kmalloc.whenBelow(PressureLevel.MIN);
    kmalloc.close();
    assertThat(late).isCancelled();
    assertThatThrownBy(() -> kmalloc.onPressure(level -> {}))
        .isInstanceOf(KmallocClosedException.class);
  }
}
