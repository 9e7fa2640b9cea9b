package dev.waitok.lwkt.dispatch;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A seat of direct dispatch: one carrier thread runs the continuation of whoever holds the seat.
 *
 * <p>A hand-over is a {@code Thread.yield}: the holder names the next one and yields, its
 * continuation returns to the carrier's loop, and the loop runs the next. The loop takes no lock
 * and calls nothing that blocks, since a strand that the carrier no longer runs may hold any lock.
 *
 * <p>Three kinds of stop are told apart. A next holder was named: the strand handed over. None was
 * named, and the strand, which had been yielding, never came back from its yield: the JDK holds it
 * suspended for a thread dump and submits it again, so the seat waits in place for that. None was
 * named otherwise: the strand blocked in Java code.
 */
final class DirectSeat implements Seat {
  final SeatClient client;
  final Carrier carrier;
  private final AlarmClock clock;
  private final AlarmClock.Alarm alarm;
  private final long spins;

  private @Nullable DirectStrand idle;

  /** Whom the holder named; only touched on the carrier, by it or by what it carries. */
  private @Nullable DirectStrand next;

  /** The carrier waits in place for a strand to be submitted again. */
  private volatile boolean waitingInPlace;

  DirectSeat(String name, SeatClient client, AlarmClock clock, long spins, Runnable closed) {
    this.client = client;
    this.carrier = new Carrier(name, client, closed);
    this.clock = clock;
    this.alarm = clock.newAlarm(client::alarm);
    this.spins = spins;
  }

  @Override
  public Strand newStrand(String name, Object owner, Runnable body, boolean announce) {
    return new DirectStrand(this, name, owner, body, announce);
  }

  @Override
  public Strand newIdle(Object owner) {
    DirectStrand strand = new DirectStrand(this, carrier.getName(), owner, null, false);
    idle = strand;
    carrier.occupant = owner;
    return strand;
  }

  @Override
  public void open() {
    carrier.start();
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // the yield is the hand-over
  public boolean transfer(Strand from, Strand to) {
    if (from == idle) {
      runUntilIdle((DirectStrand) to);
      return true;
    }
    DirectStrand self = (DirectStrand) from;
    next = (DirectStrand) to;
    self.beginHanding();
    Thread.yield();
    self.endHanding();
    if (next != null) {
      // Pinned: the yield came back at once and the loop never saw it.
      next = null;
      return false;
    }
    return true;
  }

  @Override
  public void exit(Strand from, Strand to) {
    ((DirectStrand) from).end();
    next = (DirectStrand) to;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // the yield is the hand-over
  public boolean leave(Strand from, Strand to) {
    DirectStrand self = (DirectStrand) from;
    next = (DirectStrand) to;
    self.beginLeaving();
    Thread.yield();
    if (DirectAccess.currentCarrier() == carrier) {
      self.cancelLeaving();
      next = null;
      return false;
    }
    return true;
  }

  @Override
  public void rejoin(Strand strand) {
    // Not by a yield: on a worker of the default scheduler that would bypass our executor. The
    // strand
    // parks, and the seat unparks it once it really is parked.
    DirectStrand self = (DirectStrand) strand;
    self.beginRejoining();
    boolean interrupted = false;
    while (DirectAccess.currentCarrier() != carrier) {
      client.send(self::collect);
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Parking.givePermitBack();
  }

  /** The carrier's loop: runs strand after strand until one hands the seat to the idle strand. */
  private void runUntilIdle(DirectStrand first) {
    DirectStrand strand = first;
    do {
      try {
        strand.run();
      } catch (Throwable e) {
        client.failed(strand, e);
      }
      DirectStrand named = next;
      if (named != null) {
        next = null;
        strand = named;
      } else {
        strand = stopped(strand);
      }
    } while (strand != idle);
  }

  private DirectStrand stopped(DirectStrand strand) {
    if (strand.yielded) {
      if (strand.ranInVain) {
        waitInPlace(strand);
      }
      strand.ranInVain = true;
      return strand;
    }
    if (!client.mayBlock(strand)) {
      waitInPlace(strand);
      return strand;
    }
    return (DirectStrand) client.blocked(strand, strand.waitForSignal());
  }

  private void waitInPlace(DirectStrand strand) {
    waitingInPlace = true;
    while (!strand.isSignalled()) {
      LockSupport.park(this);
    }
    waitingInPlace = false;
  }

  /** A strand of this seat was submitted while it runs. Any thread. */
  void signalled() {
    if (waitingInPlace) {
      LockSupport.unpark(carrier);
    }
  }

  @Override
  public void occupy(Object owner) {
    carrier.occupant = owner;
  }

  @Override
  public void await(long nanos) {
    for (long i = spins; i > 0 && !client.pending(); i--) {
      Thread.onSpinWait();
    }
    if (!client.pending()) {
      Parking.park(this, nanos);
    }
  }

  @Override
  public void awaited() {
    Parking.givePermitBack();
  }

  @Override
  public void wake() {
    LockSupport.unpark(carrier);
  }

  @Override
  public void alarm(long deadline) {
    clock.set(alarm, deadline);
  }
}
