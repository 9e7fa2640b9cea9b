package dev.waitok.lwkt.dispatch;

import dev.waitok.lwkt.world.World;
import java.util.ArrayList;
import java.util.List;

/** Simulated dispatch: seats are actors of a world, which owns the clock and every choice. */
public final class SimulatedDispatcher implements Dispatcher {
  private final World world;
  private final List<SimulatedSeat> seats = new ArrayList<>();

  SimulatedDispatcher(World world) {
    PortableStrand.use();
    this.world = world;
  }

  /** The world. */
  public World world() {
    return world;
  }

  @Override
  public SimulatedDispatcher simulated() {
    return this;
  }

  @Override
  public void startService(String name, Runnable body) {
    world.startPlain(name, true, name, body);
  }

  @Override
  public Seat newSeat(String name, SeatClient client) {
    SimulatedSeat seat = new SimulatedSeat(world, name, client);
    seats.add(seat);
    return seat;
  }

  @Override
  public long nanoTime() {
    return world.now();
  }

  @Override
  public boolean affinity() {
    return true;
  }

  @Override
  public boolean awaitClosed(long nanos) {
    if (!allClosed()) {
      world.sleep(World.after(world.now(), nanos), this::allClosed, "the cpus to close");
    }
    return allClosed();
  }

  private boolean allClosed() {
    for (SimulatedSeat seat : seats) {
      if (!seat.isClosed()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    // Nothing serves the seats but the world.
  }
}
