package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.List;

/** Notes the choices that another one makes. */
final class Recorder implements Chooser {
  private final Chooser chooser;
  private final Choices taken = new Choices();

  Recorder(Chooser chooser) {
    this.chooser = chooser;
  }

  Choices taken() {
    return taken;
  }

  @Override
  public int actor(List<Actor> options, boolean currentFirst) {
    return noted(chooser.actor(options, currentFirst));
  }

  @Override
  public int branch(int options) {
    return noted(chooser.branch(options));
  }

  private int noted(int choice) {
    taken.add(choice);
    return choice;
  }
}
