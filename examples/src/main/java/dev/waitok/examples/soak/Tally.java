package dev.waitok.examples.soak;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the threads of one round count together, and whether they are to end. */
final class Tally {
  /** Requests raised by the device or allocated by a FAST interrupt. */
  final AtomicLong raised = new AtomicLong();

  /** Requests whose block was checked and freed. */
  final AtomicLong served = new AtomicLong();

  /** Requests without wait that got null. */
  final AtomicLong refused = new AtomicLong();

  /** Requests whose handler threw before it asked. */
  final AtomicLong aborted = new AtomicLong();

  /** Handlers that preempted when they asked and did not when they had their memory. */
  final AtomicLong switched = new AtomicLong();

  final AtomicLong blocks = new AtomicLong();
  final AtomicLong pagesRead = new AtomicLong();
  final AtomicLong readsFailed = new AtomicLong();
  final AtomicLong cancelled = new AtomicLong();
  final AtomicLong faults = new AtomicLong();
  final AtomicLong corruption = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean stopped = new AtomicBoolean();

  /** A thread met what it must not meet; the round ends. */
  void failed(Throwable reason) {
    failure.compareAndSet(null, reason);
    stop();
  }

  void stop() {
    stopped.set(true);
  }

  boolean stopped() {
    return stopped.get();
  }

  @Nullable Throwable failure() {
    return failure.get();
  }

  /** Requests that nobody has settled yet. */
  long open() {
    return raised.get() - served.get() - refused.get() - aborted.get();
  }
}
