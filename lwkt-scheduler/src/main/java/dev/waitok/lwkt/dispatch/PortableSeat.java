package dev.waitok.lwkt.dispatch;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A seat of portable dispatch: a baton that virtual threads of the default scheduler pass on. Only
 * the holder of the baton runs the seat's code; the others are parked.
 *
 * <p>A pair that hands over by unpark and park keeps its worker's local queue filled for ever, and
 * the worker never looks at what comes from outside: timers, pollers and every other virtual thread
 * of the process stop. The dispatcher therefore adds a worker for each seat; where it may not,
 * every {@value #BREAK_EVERY}th hand-over goes through a platform thread, which empties the local
 * queue for a moment.
 */
final class PortableSeat implements Seat {
  /** Some 0.5 ms of hand-overs: short for a timer, and 50 us in 500 are not felt. */
  private static final int BREAK_EVERY = 1024;

  final SeatClient client;
  final AlarmClock clock;
  private final String name;
  private final AlarmClock.Alarm alarm;
  private final boolean breaker;
  private final Runnable closed;

  private @Nullable PortableStrand idle;

  /** Only the holder touches it. */
  private int handOvers;

  PortableSeat(String name, SeatClient client, AlarmClock clock, boolean breaker, Runnable closed) {
    this.name = name;
    this.client = client;
    this.clock = clock;
    this.alarm = clock.newAlarm(client::alarm);
    this.breaker = breaker;
    this.closed = closed;
  }

  @Override
  public Strand newStrand(String name, Object owner, Runnable body, boolean announce) {
    return new PortableStrand(this, name, owner, body, announce);
  }

  @Override
  public Strand newIdle(Object owner) {
    PortableStrand strand = new PortableStrand(this, name, owner, this::idleBody, false);
    idle = strand;
    return strand;
  }

  @Override
  public void open() {
    PortableStrand strand = idleStrand();
    strand.giveBaton(false);
    strand.javaThread().start();
  }

  private void idleBody() {
    try {
      client.idle();
    } finally {
      closed.run();
    }
  }

  private PortableStrand idleStrand() {
    PortableStrand strand = idle;
    if (strand == null) {
      throw new IllegalStateException("the seat is not open");
    }
    return strand;
  }

  @Override
  public boolean transfer(Strand from, Strand to) {
    hand(to);
    ((PortableStrand) from).takeBaton();
    return true;
  }

  @Override
  public void exit(Strand from, Strand to) {
    ((PortableStrand) from).stand();
    hand(to);
  }

  @Override
  public boolean leave(Strand from, Strand to) {
    ((PortableStrand) from).stand();
    hand(to);
    return true;
  }

  @Override
  public void rejoin(Strand strand) {
    client.ready(strand);
    ((PortableStrand) strand).takeBaton();
  }

  private void hand(Strand to) {
    ((PortableStrand) to).giveBaton(breaker && ++handOvers % BREAK_EVERY == 0);
  }

  @Override
  public void occupy(Object owner) {
    // Found through the strand's own binding.
  }

  @Override
  public void await(long nanos) {
    if (!client.pending()) {
      Parking.park(this, nanos);
    }
  }

  @Override
  public void awaited() {
    // No strand of this dispatch is ever pinned to its seat.
  }

  @Override
  public void wake() {
    LockSupport.unpark(idleStrand().javaThread());
  }

  @Override
  public void alarm(long deadline) {
    clock.set(alarm, deadline);
  }
}
