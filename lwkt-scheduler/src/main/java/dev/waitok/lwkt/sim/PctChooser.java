package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, 2010): actors
 * have random priorities, the highest goes on, and at d - 1 random choices the one that runs falls
 * below all others. A defect that needs d ordering constraints is met with a known probability: at
 * least 1 in n * k^(d-1), for n actors and k choices.
 *
 * <p>The paper's programs have no loops that look for what others do. One who is chosen for long
 * while others could run falls as well; and a run that is much longer than expected goes on by
 * dice, which are fair: what is a live-lock then is one.
 */
final class PctChooser implements Chooser {
  /** Longer than any call of the library takes. */
  private static final int PATIENCE = 500;

  /** So many times longer than expected is too long. */
  private static final int TOO_LONG = 20;

  private final Dice dice;
  private final int fairFrom;
  private final List<Integer> changes = new ArrayList<>();
  private final Map<Integer, Long> priorities = new HashMap<>();
  private int choices;
  private long lowest;
  private int inARow;

  PctChooser(long seed, int depth, int expectedChoices) {
    dice = new Dice(seed);
    fairFrom = TOO_LONG * expectedChoices + PATIENCE;
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
    if (choices++ > fairFrom) {
      return dice.next(options.size());
    }
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
