package dev.waitok.lwkt.dispatch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Direct dispatch: a cpu is a carrier thread, and an executor for each thread feeds it. */
final class DirectDispatcher implements Dispatcher {
  /** About 20 microseconds of looking before a carrier with a core to itself goes to sleep. */
  private static final long SPINS = 500;

  private final AlarmClock clock;
  private final long spins;
  private final List<CountDownLatch> open = new CopyOnWriteArrayList<>();

  DirectDispatcher(String name, int seats) {
    preload();
    spins = Runtime.getRuntime().availableProcessors() > seats ? SPINS : 0;
    clock = new AlarmClock(name + "-clock");
    clock.start();
  }

  /**
   * Initialises, on a platform thread, what must not be initialised by a thread of ours. The socket
   * poller's virtual threads inherit the scheduler of the first virtual thread that touches a
   * socket; were that one of ours, its executor would carry all socket polling of the process.
   */
  private static void preload() {
    Thread loader =
        new Thread(
            () -> {
              try {
                Class.forName("sun.nio.ch.Poller", true, null);
              } catch (ClassNotFoundException e) {
                // Another JDK without this class has nothing to hijack.
                return;
              }
            },
            "lwkt-preload");
    loader.setDaemon(true);
    loader.start();
    boolean interrupted = false;
    for (; ; ) {
      try {
        loader.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Seat newSeat(String name, SeatClient client) {
    CountDownLatch closed = new CountDownLatch(1);
    open.add(closed);
    return new DirectSeat(name, client, clock, spins, closed::countDown);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean affinity() {
    return true;
  }

  @Override
  public boolean awaitClosed(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    for (CountDownLatch latch : open) {
      if (!latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    clock.shutDown();
  }
}
