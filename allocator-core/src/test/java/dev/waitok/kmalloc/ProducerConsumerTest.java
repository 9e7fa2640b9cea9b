package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real threads that free each other's blocks for 10 s, every byte checked. */
class ProducerConsumerTest {
  private static final int PAIRS = 4;

  private record Item(long offset, int size, long seed) {}

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final LongAdder handed = new LongAdder();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void nothingIsLostOrMixedUp(boolean virtual) throws InterruptedException {
    ThreadFactory threads =
        virtual ? Thread.ofVirtual().factory() : Executors.defaultThreadFactory();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 << 20).pageSize(4096).build()) {
      TestHooks.of(kmalloc).recheckEvery(Long.MAX_VALUE);
      MallocType type = kmalloc.type("items");
      BlockingQueue<Item> queue = new ArrayBlockingQueue<>(1000);
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        int seed = i;
        running.add(start(threads, () -> produce(kmalloc, type, queue, seed, end)));
      }
      List<Thread> consumers = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        consumers.add(start(threads, () -> consume(kmalloc, type, queue)));
      }
      for (Thread thread : running) {
        thread.join();
      }
      stop.set(true);
      for (Thread thread : consumers) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(handed.sum()).isGreaterThan(1000);
      assertThat(type.statistics().inUse()).isZero();
      assertThat(type.statistics().bytes()).isZero();
      TestHooks.of(kmalloc).callIn();
      TestHooks.of(kmalloc).checkInvariants();
      assertThat(kmalloc.pages().free()).isEqualTo(1024);
      assertThat(kmalloc.pageStatistics().lateDoubleFrees()).isZero();
    }
  }

  private Thread start(ThreadFactory threads, Body body) {
    Thread thread =
        threads.newThread(
            () -> {
              try {
                body.run();
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    thread.start();
    return thread;
  }

  private interface Body {
    void run() throws InterruptedException;
  }

  private void produce(
      Kmalloc kmalloc, MallocType type, BlockingQueue<Item> queue, int seed, long end)
      throws InterruptedException {
    Random random = new Random(seed);
    while (System.nanoTime() < end && failures.isEmpty()) {
      int size = 1 + random.nextInt(random.nextInt(8) == 0 ? 60_000 : 3000);
      long offset = type.kmallocAddress(size);
      long pattern = random.nextLong();
      for (int i = 0; i < size; i++) {
        kmalloc.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + i, at(pattern, i));
      }
      queue.put(new Item(offset, size, pattern));
    }
  }

  private void consume(Kmalloc kmalloc, MallocType type, BlockingQueue<Item> queue)
      throws InterruptedException {
    while (true) {
      Item item = queue.poll(10, TimeUnit.MILLISECONDS);
      if (item == null) {
        if (stop.get() && queue.isEmpty()) {
          return;
        }
        continue;
      }
      for (int i = 0; i < item.size(); i++) {
        byte found =
            kmalloc.memory().get(java.lang.foreign.ValueLayout.JAVA_BYTE, item.offset() + i);
        if (found != at(item.seed(), i)) {
          throw new AssertionError("byte " + i + " of " + item + " is " + found);
        }
      }
      type.kfree(item.offset());
      handed.increment();
    }
  }

  private static byte at(long pattern, int i) {
    return (byte) ((pattern + i) * 31 >>> 7);
  }
}
