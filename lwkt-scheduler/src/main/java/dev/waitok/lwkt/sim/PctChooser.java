package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, 2010): actors have
 * random priorities, the highest goes on, and at d - 1 random choices the one that runs falls below
 * all others. A defect that needs d ordering constraints is met with a known probability: at least 1
 * in n * k^(d-1), for n actors and k choices.
 *
 * <p>One who is chosen for long while others could run, because it looks for something in a loop,
 * falls as well; the paper's programs have no such loops.
 */
final class PctChooser implements Chooser {
  /** Longer than any call of the library takes. */
  private static final int PATIENCE = 500;

  private final Dice dice;
  private final List<Integer> changes = new ArrayList<>();
  private final Map<Integer, Long> priorities = new HashMap<>();
  private int choices;
  private long lowest;
  private int inARow;

  PctChooser(long seed, int depth, int expectedChoices) {
    dice = new Dice(seed);
    for (int i = 1; i < depth; i++) {
      changes.add(dice.next(expectedChoices));
    }
  }

  @Override
  public int actor(List<Actor> options, boolean currentFirst) {
    if (currentFirst && (changes.contains(choices) || inARow >= PATIENCE)) {
      priorities.put(options.getFirst().id(), --lowest);
      inARow = 0;
    }
    choices++;
    int best = 0;
    for (int i = 1; i < options.size(); i++) {
      if (priority(options.get(i)) > priority(options.get(best))) {
        best = i;
      }
    }
    inARow = currentFirst && best == 0 ? inARow + 1 : 0;
    return best;
  }

  private long priority(Actor actor) {
    return priorities.computeIfAbsent(actor.id(), id -> dice.next() >>> 1);
  }

  @Override
  public int branch(int options) {
    return dice.next(options);
  }
}
