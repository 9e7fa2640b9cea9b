package dev.waitok.lwkt.world;

import java.util.ArrayList;
import java.util.List;

/** The last steps of a world, and a hash of all of them, by which two runs are compared. */
public final class Trace {
  /** What a person reads before a failure. */
  private static final int KEPT = 64;

  /** One step: who stopped where, and who went on. */
  public record Step(long number, long time, String actor, String point, String next) {
    @Override
    public String toString() {
      return "#"
          + number
          + " "
          + time / 1000
          + "us "
          + actor
          + " at "
          + point
          + (actor.equals(next) ? "" : " -> " + next);
    }
  }

  private final Step[] ring = new Step[KEPT];
  private long count;
  private long hash = 1125899906842597L;

  void add(long number, long time, String actor, String point, String next) {
    ring[(int) (count++ % KEPT)] = new Step(number, time, actor, point, next);
    hash = 31 * (31 * (31 * hash + actor.hashCode()) + point.hashCode()) + next.hashCode();
  }

  /** The last steps, oldest first. */
  public List<Step> last() {
    List<Step> steps = new ArrayList<>();
    for (long i = Math.max(0, count - KEPT); i < count; i++) {
      steps.add(ring[(int) (i % KEPT)]);
    }
    return steps;
  }

  /** Equal for equal interleavings. */
  public long hash() {
    return hash;
  }
}
