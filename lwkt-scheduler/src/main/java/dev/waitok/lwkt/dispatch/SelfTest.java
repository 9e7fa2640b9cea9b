package dev.waitok.lwkt.dispatch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries direct dispatch on a seat of its own before anybody relies on it: does a thread run on our
 * carrier, does a hand-over come back there, does parking give the carrier away and unparking bring
 * the thread back, does a thread that it starts run elsewhere.
 */
final class SelfTest implements SeatClient {
  /** Normally done in a millisecond; a machine under heavy load gets its time. */
  private static final long SECONDS = 5;

  private static @Nullable String verdict;

  private final AlarmClock clock = new AlarmClock("lwkt-self-test-clock");
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicReference<String> failure =
      new AtomicReference<>("it does not come to an end");

  /** The test's thread can run again after it blocked. */
  private volatile boolean ready;

  // Written by the test's thread, read on its seat.
  private volatile boolean handedOver;
  private volatile boolean parked;
  private volatile boolean ended;

  private final DirectSeat seat;

  /** What the JDK says is the carrier of the calling thread. */
  private final Supplier<Thread> carrier;

  private @Nullable Strand tested;
  private @Nullable Strand idle;

  /** Ready to be run once, with what it is told of carriers. */
  SelfTest(Supplier<Thread> carrier) {
    this.carrier = carrier;
    clock.start();
    seat = new DirectSeat("lwkt-self-test", this, clock, 0, finished::countDown);
  }

  /** Empty if direct dispatch works in this process, else why not. Runs the test once. */
  static synchronized String refusal() {
    String known = verdict;
    if (known == null) {
      known =
          DirectAccess.AVAILABLE
              ? new SelfTest(DirectAccess::currentCarrier).test()
              : DirectAccess.REASON;
      verdict = known;
    }
    return known;
  }

  /** Empty if all works, else what does not. */
  String test() {
    Strand strand = seat.newStrand("lwkt-self-test-thread", this, this::body, false);
    tested = strand;
    strand.javaThread().start();
    idle = seat.newIdle(this);
    seat.open();
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    boolean done = false;
    while (!done) {
      try {
        if (!finished.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
        done = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    clock.shutDown();
    String result = failure.get();
    return result.isEmpty() ? "" : "the self-test of direct dispatch failed: " + result;
  }

  private Strand strand() {
    Strand strand = tested;
    if (strand == null) {
      throw new IllegalStateException("no strand");
    }
    return strand;
  }

  private Strand idleStrand() {
    Strand strand = idle;
    if (strand == null) {
      throw new IllegalStateException("the seat is not open");
    }
    return strand;
  }

  private void body() {
    String problem = "";
    if (carrier.get() != seat.carrier || Occupant.current() != this) {
      problem = "a thread does not run on its carrier";
    } else if (!handOver()) {
      problem = "a thread cannot hand over";
    } else if (carrier.get() != seat.carrier) {
      problem = "a thread does not come back to its carrier";
    } else {
      parked = true;
      while (parked) {
        LockSupport.park(this);
      }
      AtomicReference<Thread> where = new AtomicReference<>();
      Thread child = Thread.ofVirtual().start(() -> where.set(carrier.get()));
      boolean joined = false;
      try {
        joined = child.join(Duration.ofSeconds(SECONDS));
      } catch (InterruptedException e) {
        problem = "interrupted";
      }
      if (!joined || where.get() == seat.carrier) {
        problem = "a thread's virtual threads do not run on the default scheduler";
      }
    }
    failure.set(problem);
    ended = true;
    seat.exit(strand(), idleStrand());
  }

  private boolean handOver() {
    handedOver = true;
    return seat.transfer(strand(), idleStrand());
  }

  @Override
  public void idle() {
    for (; ; ) {
      seat.transfer(idleStrand(), strand());
      if (ended) {
        return;
      }
      if (handedOver) {
        handedOver = false;
        continue;
      }
      if (parked) {
        parked = false;
        LockSupport.unpark(strand().javaThread());
      }
      while (!ready) {
        seat.await(Long.MAX_VALUE);
      }
      ready = false;
    }
  }

  @Override
  public boolean pending() {
    return ready;
  }

  @Override
  public boolean mayBlock(Strand strand) {
    return true;
  }

  @Override
  public Strand blocked(Strand strand, boolean ready) {
    return ready ? strand : idleStrand();
  }

  @Override
  public void ready(Strand strand) {
    ready = true;
    seat.wake();
  }

  @Override
  public void send(Runnable function) {
    throw new UnsupportedOperationException("nobody leaves the seat in this test");
  }

  @Override
  public boolean started(Strand strand) {
    return true;
  }

  @Override
  public void alarm() {}

  @Override
  public void failed(Strand strand, Throwable problem) {
    failure.set(problem.toString());
  }
}
