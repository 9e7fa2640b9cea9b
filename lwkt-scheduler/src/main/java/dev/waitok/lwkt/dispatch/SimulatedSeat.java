package dev.waitok.lwkt.dispatch;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.World;
import org.jspecify.annotations.Nullable;

/**
 * A seat of simulated dispatch: an actor that whoever holds the seat runs for. Every call that
 * hands over, sleeps or wakes is a point of the world, and so is every preemption point.
 */
final class SimulatedSeat implements Seat {
  final SeatClient client;
  private final World world;
  private final Actor actor;
  private @Nullable SimulatedStrand idle;
  private boolean opened;

  SimulatedSeat(World world, String name, SeatClient client) {
    this.world = world;
    this.client = client;
    this.actor = world.newActor(name, false);
  }

  boolean isClosed() {
    return opened && !actor.isOn();
  }

  @Override
  public Strand newStrand(String name, Object owner, Runnable body, boolean announce) {
    return new SimulatedStrand(world, this, name, owner, body, announce);
  }

  @Override
  public Strand newIdle(Object owner) {
    SimulatedStrand strand =
        new SimulatedStrand(world, this, actor.name(), owner, this::idleBody, false);
    idle = strand;
    return strand;
  }

  @Override
  public void open() {
    SimulatedStrand strand = idle;
    if (strand == null) {
      throw new IllegalStateException("the seat has no idle strand");
    }
    strand.seated = true;
    actor.open(strand.runner);
    opened = true;
    strand.javaThread().start();
  }

  private void idleBody() {
    client.idle();
    world.progress();
    actor.close();
    world.passOn("the close of its cpu");
  }

  private void seat(Strand from, Strand to) {
    ((SimulatedStrand) from).seated = false;
    SimulatedStrand next = (SimulatedStrand) to;
    next.seated = true;
    actor.runner(next.runner);
  }

  private static boolean pinned(Strand strand) {
    return ((SimulatedStrand) strand).runner.isPinned();
  }

  @Override
  public boolean transfer(Strand from, Strand to) {
    if (pinned(from)) {
      return false;
    }
    seat(from, to);
    world.handOver("a switch");
    return true;
  }

  @Override
  public void exit(Strand from, Strand to) {
    seat(from, to);
    world.progress();
    world.passOn("its end");
  }

  @Override
  public boolean leave(Strand from, Strand to) {
    if (pinned(from)) {
      return false;
    }
    seat(from, to);
    SimulatedStrand strand = (SimulatedStrand) from;
    strand.beside.open(strand.runner);
    world.handOver("Lwkt.blocking");
    return true;
  }

  @Override
  public void rejoin(Strand strand) {
    client.ready(strand);
    ((SimulatedStrand) strand).beside.close();
    world.handOver("the end of Lwkt.blocking");
  }

  @Override
  public void point() {
    world.point("a preemption point");
  }

  @Override
  public boolean alwaysLooks() {
    return true;
  }

  @Override
  public void occupy(Object owner) {
    // Found through the strand's own binding.
  }

  @Override
  public void await(long nanos) {
    world.sleep(World.after(world.now(), nanos), client::pending, "something to do");
  }

  @Override
  public void awaited() {
    // Who awaits has the seat, pinned or not.
  }

  @Override
  public void wake() {
    actor.wake();
    world.point("a message to " + actor.name());
  }

  @Override
  public void alarm(long deadline) {
    actor.alarm(deadline, client::alarm);
  }
}
