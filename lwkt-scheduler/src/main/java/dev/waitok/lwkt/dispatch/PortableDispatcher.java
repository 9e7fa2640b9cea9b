package dev.waitok.lwkt.dispatch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Portable dispatch: batons among the virtual threads of the default scheduler. Needs no flag. */
final class PortableDispatcher implements Dispatcher {
  private final AlarmClock clock;
  private final int workersAdded;
  private final boolean breaker;
  private final List<CountDownLatch> open = new CopyOnWriteArrayList<>();

  /**
   * Serves that many seats.
   *
   * @param addWorkers whether the default scheduler gets a worker more for each seat
   */
  PortableDispatcher(String name, int seats, boolean addWorkers) {
    workersAdded = addWorkers && Parallelism.add(seats) ? seats : 0;
    breaker = workersAdded == 0;
    PortableStrand.use();
    clock = new AlarmClock(name + "-clock");
    clock.start();
  }

  @Override
  public Seat newSeat(String name, SeatClient client) {
    CountDownLatch closed = new CountDownLatch(1);
    open.add(closed);
    return new PortableSeat(name, client, clock, breaker, closed::countDown);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean affinity() {
    return false;
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
    if (workersAdded > 0) {
      Parallelism.remove(workersAdded);
    }
    clock.shutDown();
  }
}
