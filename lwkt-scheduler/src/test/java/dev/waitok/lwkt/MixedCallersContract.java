package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.TestHooks;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * LWKT threads, their interrupts, platform and virtual threads on one small arena, with the
 * waiters' own re-check switched off: a wake-up that is lost between the kinds hangs the test.
 */
abstract class MixedCallersContract {
  private static final int PAGE = 4096;
  private static final long SECONDS = 5;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(25);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Item> handed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger producing = new AtomicInteger();
  private final LongAdder served = new LongAdder();

  abstract Dispatch dispatch();

  private record Item(long offset, int size, byte pattern) {}

  private interface Body {
    void run() throws InterruptedException;
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void nobodyIsForgottenAndNothingIsMixedUp() throws InterruptedException {
    KmallocBuilder builder = Kmalloc.builder().arena(160L * PAGE).pageSize(PAGE);
    try (Kmalloc kmalloc = builder.build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.recheckEvery(Long.MAX_VALUE);
      MallocType type = kmalloc.type("items");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      try (Lwkt lwkt = Lwkt.builder().cpus(2).dispatch(dispatch()).kmalloc(kmalloc).start()) {
        List<LwktThread> threads = new ArrayList<>();
        producing.set(4);
        for (int i = 0; i < 4; i++) {
          long seed = i;
          boolean producer = i < 2;
          threads.add(
              lwkt.thread("mixed" + i)
                  .cpu(i % 2)
                  .start(
                      guarded(
                          () -> {
                            if (producer) {
                              produce(kmalloc, type, seed, end);
                            } else {
                              consume(kmalloc, type);
                            }
                          })));
        }
        List<Thread> plain = new ArrayList<>();
        plain.add(start(Thread.ofPlatform().factory(), () -> produce(kmalloc, type, 10, end)));
        plain.add(start(Thread.ofVirtual().factory(), () -> produce(kmalloc, type, 11, end)));
        plain.add(start(Thread.ofPlatform().factory(), () -> consume(kmalloc, type)));
        plain.add(start(Thread.ofVirtual().factory(), () -> consume(kmalloc, type)));
        int raised = raiseUntil(lwkt, kmalloc, type, end);
        for (Thread thread : plain) {
          thread.join();
        }
        for (LwktThread thread : threads) {
          thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(served.sum()).isGreaterThan(raised);
        assertThat(raised).isPositive();
        assertThat(type.statistics().waits()).as("somebody waited").isPositive();
        assertThat(type.statistics().switchAways()).as("a handler switched away").isPositive();
      }
      assertThat(type.statistics().inUse()).isZero();
      assertThat(type.statistics().bytes()).isZero();
      hooks.callIn();
      hooks.checkInvariants();
      assertThat(kmalloc.pages().free()).isEqualTo(160);
      assertThat(kmalloc.pageStatistics().lateDoubleFrees()).isZero();
    }
  }

  /** Raises an item interrupt again and again; each handler asks with M_WAITOK and hands over. */
  private int raiseUntil(Lwkt lwkt, Kmalloc kmalloc, MallocType type, long end)
      throws InterruptedException {
    AtomicInteger pending = new AtomicInteger();
    ItemInterrupt<Integer> interrupt =
        lwkt.cpu(0)
            .interrupt(
                "mixed",
                Priority.INT_MED,
                (Integer size) -> {
                  fillAndHand(kmalloc, type, size, size.byteValue());
                  pending.decrementAndGet();
                });
    Random random = new Random(5);
    int raised = 0;
    while (goesOn(type, end)) {
      if (pending.get() < 8) {
        pending.incrementAndGet();
        interrupt.raise(1 + random.nextInt(9000));
        raised++;
      }
      Thread.onSpinWait();
    }
    while (pending.get() > 0 && failures.isEmpty()) {
      Thread.onSpinWait();
    }
    interruptsDone = true;
    return raised;
  }

  private volatile boolean interruptsDone;

  /**
   * Until the end, or longer, up to a limit, until a handler has met FREE empty and switched away.
   */
  private boolean goesOn(MallocType type, long end) {
    long over = System.nanoTime() - end;
    return failures.isEmpty()
        && (over < 0 || (over < PATIENCE && type.statistics().switchAways() == 0));
  }

  private void produce(Kmalloc kmalloc, MallocType type, long seed, long end) {
    Random random = new Random(seed);
    while (goesOn(type, end)) {
      int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 5 * PAGE : 3000);
      fillAndHand(kmalloc, type, size, (byte) random.nextInt());
      if (Lwkt.current() != null) {
        Lwkt.poll();
      }
    }
    producing.decrementAndGet();
  }

  private void fillAndHand(Kmalloc kmalloc, MallocType type, int size, byte pattern) {
    long offset = type.kmallocAddress(size, MallocFlags.M_WAITOK);
    kmalloc.memory().asSlice(offset, size).fill(pattern);
    handed.add(new Item(offset, size, pattern));
  }

  private void consume(Kmalloc kmalloc, MallocType type) {
    while (failures.isEmpty()) {
      Item item = handed.poll();
      if (item == null) {
        if (producing.get() == 0 && interruptsDone && handed.isEmpty()) {
          return;
        }
        pause();
      } else {
        for (int i = 0; i < item.size(); i++) {
          byte found = kmalloc.memory().get(ValueLayout.JAVA_BYTE, item.offset() + i);
          if (found != item.pattern()) {
            throw new AssertionError("byte " + i + " of " + item + " is " + found);
          }
        }
        type.kfree(item.offset());
        served.increment();
      }
    }
  }

  private static void pause() {
    if (Lwkt.current() != null) {
      Lwkt.poll();
      Lwkt.yield();
    } else {
      Thread.yield();
    }
  }

  private Runnable guarded(Body body) {
    return () -> {
      try {
        body.run();
      } catch (Throwable e) {
        failures.add(e);
      }
    };
  }

  private Thread start(ThreadFactory factory, Body body) {
    Thread thread = factory.newThread(guarded(body));
    thread.start();
    return thread;
  }
}
