package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.arena.Libc;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A system, or a JVM, that has none of the functions that are called where they are to be had. */
@Tag("without-libc")
class WithoutLibcTest {
  private static final int PAGE = 4096;

  @Test
  void thereIsNone() {
    assertThat(Libc.canMap()).isFalse();
    assertThat(Libc.currentProcessor()).isNegative();
  }

  @Test
  void memoryIsTakenAtOnceAndStays() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64L * PAGE).pageSize(PAGE).build()) {
      MallocType type = kmalloc.type("t");
      List<Long> held = new ArrayList<>();
      for (long b = type.tryKmallocAddress(PAGE);
          b != Kmalloc.NULL;
          b = type.tryKmallocAddress(PAGE)) {
        kmalloc.memory().asSlice(b, PAGE).fill((byte) 1);
        held.add(b);
      }
      assertThat(held).hasSizeGreaterThan(48);
      held.forEach(type::kfree);
      assertThat(kmalloc.pageStatistics().givenBackPages()).isZero();
    }
  }

  /** Stripes are found by the number of the thread, and a thread that has one is passed by. */
  @Test
  void threadsOfAllKindsAllocateTogether() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4096L * PAGE).stripes(4).build()) {
      MallocType type = kmalloc.type("t");
      Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
      CountDownLatch done = new CountDownLatch(16);
      for (int t = 0; t < 16; t++) {
        Thread.Builder kind = t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
        kind.start(
            () -> {
              try {
                List<Long> held = new ArrayList<>();
                for (int i = 0; i < 2000; i++) {
                  held.add(type.kmallocAddress(64));
                  if (i % 3 == 0) {
                    type.kfree(held.removeFirst());
                  }
                }
                held.forEach(type::kfree);
              } catch (Throwable e) {
                thrown.add(e);
              } finally {
                done.countDown();
              }
            });
      }
      done.await();
      assertThat(thrown).isEmpty();
      assertThat(type.statistics().inUse()).isZero();
      assertThat(type.statistics().requests()).isEqualTo(32_000);
    }
  }
}
