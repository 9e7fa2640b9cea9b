package dev.waitok.lwkt.dispatch;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Runner;
import dev.waitok.lwkt.world.World;
import java.util.concurrent.RejectedExecutionException;

/**
 * A strand of simulated dispatch. While it has the seat it runs when the seat is chosen; to
 * announce itself, and while it has left, it is an actor of its own.
 */
final class SimulatedStrand extends BoundStrand {
  final Runner runner;
  final Actor beside;

  SimulatedStrand(
      World world, SimulatedSeat seat, String name, Object owner, Runnable body, boolean announce) {
    super(owner);
    this.beside = world.newActor(name, false);
    this.runner =
        world.newRunner(name, owner, () -> runBound(() -> live(world, seat, body, announce)));
    if (announce) {
      beside.openWhenStarted(runner);
    }
  }

  private void live(World world, SimulatedSeat seat, Runnable body, boolean announce) {
    if (announce) {
      beside.open(runner);
      boolean admitted = seat.client.started(this);
      if (admitted) {
        seat.client.ready(this);
      }
      beside.close();
      if (!admitted) {
        world.passOn("a start that is refused");
        throw new RejectedExecutionException("the scheduler takes no more threads");
      }
      world.handOver("its start");
    }
    body.run();
  }

  @Override
  public Thread javaThread() {
    return runner.thread();
  }
}
