package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Producers and consumers: one thread allocates batches of 4,096 blocks of 64 bytes, another frees
 * them; between them is a stack of at most 100 batches. A single thread does both. Frees count.
 */
public final class XmallocTest extends Workload {
  private static final int BATCH = 4096;
  private static final int SIZE = 64;
  private static final int MOST = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final int[] full = new int[MOST];
  private final int[] empty;
  private int fullCount;
  private int emptyCount;
  private int producing;

  public XmallocTest(Allocator allocator, int threads) {
    super(allocator, threads);
    empty = new int[batches(threads)];
    for (int i = 0; i < empty.length; i++) {
      empty[emptyCount++] = i;
    }
  }

  /** What is on the stack, and one for each thread's hands. */
  private static int batches(int threads) {
    return MOST + threads;
  }

  public static int slots(int threads) {
    return batches(threads) * BATCH;
  }

  @Override
  void beginRound() {
    producing = (threads + 1) / 2;
  }

  @Override
  void round(int thread, Meter meter) {
    if (threads == 1) {
      super.round(thread, meter);
    } else if (thread % 2 == 0) {
      do {
        push(produce(takeEmpty()));
      } while (meter.goesOn(0));
      endProducing();
    } else {
      for (int batch = pop(); batch >= 0; batch = pop()) {
        boolean _ = meter.goesOn(release(batch));
      }
    }
  }

  @Override
  long chunk(int thread) {
    push(produce(takeEmpty()));
    return release(pop());
  }

  private int produce(int batch) {
    for (int slot = batch * BATCH; slot < (batch + 1) * BATCH; slot++) {
      allocator.allocate(slot, SIZE);
      for (int i = 0; i < SIZE; i += Long.BYTES) {
        allocator.setLong(slot, i, slot);
      }
    }
    return batch;
  }

  private long release(int batch) {
    for (int slot = batch * BATCH; slot < (batch + 1) * BATCH; slot++) {
      allocator.free(slot);
    }
    lock.lock();
    try {
      empty[emptyCount++] = batch;
    } finally {
      lock.unlock();
    }
    return BATCH;
  }

  /** There is always one: the stack is no larger than all batches but those in hands. */
  private int takeEmpty() {
    lock.lock();
    try {
      return empty[--emptyCount];
    } finally {
      lock.unlock();
    }
  }

  private void push(int batch) {
    lock.lock();
    try {
      while (fullCount == MOST) {
        notFull.awaitUninterruptibly();
      }
      full[fullCount++] = batch;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The batch that was pushed last, or -1 when there is none and nobody produces any more. */
  private int pop() {
    lock.lock();
    try {
      while (fullCount == 0 && producing > 0) {
        notEmpty.awaitUninterruptibly();
      }
      if (fullCount == 0) {
        return -1;
      }
      notFull.signal();
      return full[--fullCount];
    } finally {
      lock.unlock();
    }
  }

  private void endProducing() {
    lock.lock();
    try {
      producing--;
      notEmpty.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  void end() {
    // A round ends when the stack is empty.
  }
}
