package dev.waitok.examples.storm;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the threads of one storm count together, and the end they work towards. */
final class Tally {
  private final LongAdder dropped = new LongAdder();
  private final LongAdder droppedWithCache = new LongAdder();
  private final LongAdder switchedAway = new LongAdder();
  private final LongAdder servedAfterSwitch = new LongAdder();
  private final LongAdder corruption = new LongAdder();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch open;
  private volatile boolean stopped;

  Tally(int requests) {
    open = new CountDownLatch(requests);
  }

  /** A request got no memory and is lost; so many CACHE pages there were. */
  void dropped(long cachePages) {
    dropped.increment();
    if (cachePages > 0) {
      droppedWithCache.increment();
    }
    open.countDown();
  }

  /** A handler preempted when it asked and did not when it got its memory. */
  void switchedAway() {
    switchedAway.increment();
  }

  /** A request reached the consumer with its memory. */
  void served(boolean afterSwitch) {
    if (afterSwitch) {
      servedAfterSwitch.increment();
    }
    open.countDown();
  }

  /** A block or a page did not hold what belongs there. */
  void corrupt() {
    corruption.increment();
  }

  void corrupt(long times) {
    corruption.add(times);
  }

  /** A thread cannot go on; the storm ends. */
  void failed(Throwable reason) {
    failure.compareAndSet(null, reason);
    stopped = true;
  }

  void stop() {
    stopped = true;
  }

  /** Whether everybody shall come to an end. */
  boolean stopped() {
    return stopped;
  }

  /** Counts down the requests that are neither served nor dropped. */
  CountDownLatch open() {
    return open;
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  long dropped() {
    return dropped.sum();
  }

  long droppedWithCache() {
    return droppedWithCache.sum();
  }

  long switchedAways() {
    return switchedAway.sum();
  }

  long servedAfterSwitch() {
    return servedAfterSwitch.sum();
  }

  long corruption() {
    return corruption.sum();
  }
}
