package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a simulation's choices come from, and how many runs it makes. Immutable; any thread may use
 * it.
 */
public abstract class Strategy {
  /** Of the first run, before there is one to learn from. */
  private static final int EXPECTED_CHOICES = 100;

  Strategy() {}

  abstract Search begin();

  /**
   * Random choices: each run another seed.
   *
   * @param runs how many
   * @param firstSeed the first one's seed; the others count up from it
   * @return the strategy
   */
  public static Strategy random(int runs, long firstSeed) {
    return new Seeded(runs, firstSeed) {
      @Override
      Search begin() {
        return new Seeds(this) {
          @Override
          Chooser chooser(long seed) {
            return new RandomChooser(seed);
          }

          @Override
          String token(long seed) {
            return Search.RANDOM + Long.toHexString(seed);
          }
        };
      }
    };
  }

  /**
   * Probabilistic concurrency testing: few preemptions at random places. It finds defects that need
   * few things to happen in a certain order sooner than random choices do.
   *
   * @param runs how many
   * @param depth how many ordering constraints a defect may need, 1 or more; 3 finds most
   * @param firstSeed the first run's seed; the others count up from it
   * @return the strategy
   */
  public static Strategy pct(int runs, int depth, long firstSeed) {
    return pct(runs, depth, EXPECTED_CHOICES, firstSeed);
  }

  private static Strategy pct(int runs, int depth, int choices, long firstSeed) {
    return new Seeded(runs, firstSeed) {
      @Override
      Search begin() {
        return new Seeds(this) {
          private int expected = choices;

          @Override
          Chooser chooser(long seed) {
            return new PctChooser(seed, depth, expected);
          }

          @Override
          public void succeeded(int made) {
            expected = Math.max(1, made); // the next run will make about as many
          }

          @Override
          String token(long seed) {
            return Search.PCT + depth + "-" + expected + "-" + Long.toHexString(seed);
          }
        };
      }
    };
  }

  /**
   * All interleavings within bounds, those with few deviations first.
   *
   * @param depth only the first so many choices of a run vary
   * @param deviations only so many of a run's choices are not the usual one, which is that the one
   *     who runs goes on, or else the next in turn; the number of runs grows with its power
   * @return the strategy
   */
  public static Strategy exhaustive(int depth, int deviations) {
    return new Strategy() {
      @Override
      Search begin() {
        return new ExhaustiveSearch(depth, deviations);
      }
    };
  }

  /**
   * The one run that a token names.
   *
   * @param token what a {@link SimulationFailure} or an {@link Exploration} gave
   * @return the strategy
   * @throws IllegalArgumentException if it is no token
   */
  public static Strategy replay(String token) {
    try {
      if (token.startsWith(Search.RANDOM)) {
        return random(1, Long.parseUnsignedLong(token.substring(2), 16));
      }
      if (token.startsWith(Search.PCT)) {
        List<String> parts = List.of(token.split("-", -1));
        if (parts.size() == 4) {
          return pct(
              1,
              Integer.parseInt(parts.get(1)),
              Integer.parseInt(parts.get(2)),
              Long.parseUnsignedLong(parts.get(3), 16));
        }
      } else if (token.startsWith(Search.CHOICES)) {
        Choices choices = Choices.decode(token.substring(2));
        return new Strategy() {
          @Override
          Search begin() {
            return new Replay(choices, token);
          }
        };
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("no token of a simulation: " + token, e);
    }
    throw new IllegalArgumentException("no token of a simulation: " + token);
  }

  /** A run for each seed. */
  private abstract static class Seeded extends Strategy {
    private final int runs;
    private final long firstSeed;

    Seeded(int runs, long firstSeed) {
      if (runs < 1) {
        throw new IllegalArgumentException("a run at least: runs=" + runs);
      }
      this.runs = runs;
      this.firstSeed = firstSeed;
    }
  }

  /** The runs of such a strategy. */
  private abstract static class Seeds implements Search {
    private final int runs;
    private final long firstSeed;
    private int done;

    Seeds(Seeded strategy) {
      runs = strategy.runs;
      firstSeed = strategy.firstSeed;
    }

    abstract Chooser chooser(long seed);

    abstract String token(long seed);

    @Override
    public @Nullable Chooser next() {
      return done == runs ? null : chooser(firstSeed + done++);
    }

    @Override
    public String token(Choices taken) {
      return token(firstSeed + done - 1);
    }
  }

  /** One run of given choices; the first option where there are no more. */
  private static final class Replay implements Search, Chooser {
    private final Choices choices;
    private final String token;
    private boolean begun;
    private int at;

    Replay(Choices choices, String token) {
      this.choices = choices;
      this.token = token;
    }

    @Override
    public @Nullable Chooser next() {
      if (begun) {
        return null;
      }
      begun = true;
      return this;
    }

    @Override
    public String token(Choices taken) {
      return token;
    }

    @Override
    public int actor(List<Actor> options, boolean currentFirst) {
      return branch(options.size());
    }

    @Override
    public int branch(int options) {
      int choice = choices.get(at++);
      if (choice >= options) {
        throw new IllegalStateException(
            "the token is another program's: choice "
                + (at - 1)
                + " is "
                + choice
                + " of "
                + options);
      }
      return choice;
    }
  }
}
