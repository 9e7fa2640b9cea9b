package dev.waitok.lwkt.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A strand that waits for its baton is told from one that blocks with it. */
class PortableStrandTest {
  private final AlarmClock clock = new AlarmClock("clock");
  private final PortableSeat seat =
      new PortableSeat("seat", new NoClient(), clock, false, () -> {});
  private final CountDownLatch go = new CountDownLatch(1);
  private final PortableStrand strand =
      new PortableStrand(
          seat,
          "strand",
          this,
          () -> {
            while (go.getCount() > 0) {
              LockSupport.park(this);
            }
          },
          false);

  @AfterEach
  void close() {
    clock.shutDown();
  }

  private void awaitParked(boolean forSeat) {
    while (strand.javaThread().getState() != Thread.State.WAITING
        || strand.isParkedForSeat() != forSeat) {
      Thread.onSpinWait();
    }
  }

  @Test
  void isParkedForItsSeatUntilTheBatonComes() throws InterruptedException {
    PortableStrand.use();
    assertThat(strand.isParkedForSeat()).isFalse();
    strand.javaThread().start();
    awaitParked(true);
    strand.giveBaton(false);
    awaitParked(false); // blocks with the baton
    go.countDown();
    LockSupport.unpark(strand.javaThread());
    strand.javaThread().join();
    assertThat(strand.isParkedForSeat()).isFalse();
  }

  private static final class NoClient implements SeatClient {
    @Override
    public void idle() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean pending() {
      return false;
    }

    @Override
    public boolean mayBlock(Strand of) {
      return true;
    }

    @Override
    public Strand blocked(Strand of, boolean ready) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void ready(Strand of) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void send(Runnable function) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean started(Strand of) {
      return true;
    }

    @Override
    public void alarm() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void failed(Strand of, Throwable failure) {
      throw new AssertionError(failure);
    }
  }
}
