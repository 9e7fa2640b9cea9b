package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Lives of all lengths: some blocks stay until their thread's end, some are freed at random, some
 * go to other threads through 1,000 shared places, and a few are very large. All of every block is
 * written, and checked when it is freed.
 */
public final class Mstress extends Workload {
  private static final int TRANSFERS = 1000;
  private static final int SCALE = 50;
  private static final int MOST = 8;
  private static final long COOKIE = 0xBF58476D1CE4E5B9L;

  private final AtomicIntegerArray transfers = new AtomicIntegerArray(TRANSFERS);

  /** How many words the block in a slot has; 0 while there is none. */
  private final int[] words;

  /** The slots of each thread: first those of its data, then the retained ones. */
  private final int[][] own;

  private final Dice[] dice;

  public Mstress(Allocator allocator, int threads) {
    super(allocator, threads);
    words = new int[slots(threads)];
    own = new int[threads][];
    dice = new Dice[threads];
    int slot = 0;
    for (; slot < TRANSFERS; slot++) {
      transfers.set(slot, slot);
    }
    for (int thread = 0; thread < threads; thread++) {
      own[thread] = new int[blocks(thread) + blocks(thread) / 2];
      for (int i = 0; i < own[thread].length; i++) {
        own[thread][i] = slot++;
      }
      dice[thread] = new Dice(thread);
    }
  }

  public static int slots(int threads) {
    int slots = TRANSFERS;
    for (int thread = 0; thread < threads; thread++) {
      slots += blocks(thread) + blocks(thread) / 2;
    }
    return slots;
  }

  private static int blocks(int thread) {
    return 100 * SCALE * (thread % MOST + 1);
  }

  @Override
  boolean startsThreads() {
    return true;
  }

  @Override
  long chunk(int thread) {
    Dice random = dice[thread];
    int[] slots = own[thread];
    int mostData = blocks(thread);
    int data = 0;
    int retained = mostData;
    while (data < mostData || retained < slots.length) {
      boolean retain = retained < slots.length && (data == mostData || (random.next() & 1) == 0);
      if (retain) {
        allocate(slots[retained++], 1 << random.below(7), random);
      } else {
        allocate(slots[data++], 1 << random.below(5), random);
      }
      if (data > 0 && random.below(100) < 66) {
        free(slots[random.below(data)]);
      }
      if (data > 0 && random.below(100) < 25) {
        int place = random.below(data);
        slots[place] = transfers.getAndSet(random.below(TRANSFERS), slots[place]);
      }
    }
    for (int slot : slots) {
      free(slot);
    }
    freeHalf(thread, slots);
    return slots.length;
  }

  /** Frees every second of this thread's share of what waits to be taken by others. */
  private void freeHalf(int thread, int[] slots) {
    for (int i = 2 * thread; i < TRANSFERS; i += 2 * threads) {
      slots[0] = transfers.getAndSet(i, slots[0]);
      free(slots[0]);
    }
  }

  private void allocate(int slot, int usual, Dice random) {
    int count = usual;
    int luck = random.below(10_000);
    if (luck < 100) {
      count *= luck == 0 ? 10_000 : luck < 10 ? 1000 : 100;
    }
    words[slot] = count;
    allocator.allocate(slot, count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      allocator.setLong(slot, i * Long.BYTES, (count - i) ^ COOKIE);
    }
  }

  private void free(int slot) {
    int count = words[slot];
    if (count > 0) {
      for (int i = 0; i < count; i++) {
        if (allocator.getLong(slot, i * Long.BYTES) != ((count - i) ^ COOKIE)) {
          throw new IllegalStateException("word " + i + " of " + count + " was overwritten");
        }
      }
      words[slot] = 0;
      allocator.free(slot);
    }
  }

  @Override
  void end() {
    for (int slot = 0; slot < words.length; slot++) {
      free(slot);
    }
  }
}
