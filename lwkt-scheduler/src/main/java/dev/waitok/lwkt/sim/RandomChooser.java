package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.List;

/** Every choice by dice. */
final class RandomChooser implements Chooser {
  private final Dice dice;

  RandomChooser(long seed) {
    dice = new Dice(seed);
  }

  @Override
  public int actor(List<Actor> options, boolean currentFirst) {
    return dice.next(options.size());
  }

  @Override
  public int branch(int options) {
    return dice.next(options);
  }
}
