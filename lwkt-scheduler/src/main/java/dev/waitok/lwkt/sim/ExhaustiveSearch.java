package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All interleavings within two bounds, depth first: only the first so many choices vary, and only
 * so few of a run's choices deviate from the first option, which is that the one who runs goes on,
 * or else the next in turn. First all runs without a deviation, then all with one, and so on, so
 * that what is found is found with the fewest (delay bounding; Emmi, Qadeer, Rakamaric, 2011). Most
 * defects need one or two.
 */
final class ExhaustiveSearch implements Search {
  private final int depth;
  private final int deviations;
  private int[] path = new int[64];
  private int[] counts = new int[64];
  private int length;
  private boolean begun;
  private int allowed;
  private long states;

  ExhaustiveSearch(int depth, int deviations) {
    this.depth = depth;
    this.deviations = deviations;
  }

  @Override
  public @Nullable Chooser next() {
    if (begun) {
      while (length > 0 && path[length - 1] + 1 >= counts[length - 1]) {
        length--;
      }
      if (length > 0) {
        path[length - 1]++;
      } else if (allowed < deviations) {
        allowed++;
        states = 0; // they are visited again
      } else {
        return null;
      }
    }
    begun = true;
    states++;
    return new Walk();
  }

  @Override
  public String token(Choices taken) {
    return Search.CHOICES + taken.encode();
  }

  @Override
  public long states() {
    return states;
  }

  /** One run: along the path, then first options, which become the path's rest. */
  private final class Walk implements Chooser {
    private int at;
    private int left = allowed;

    @Override
    public int actor(List<Actor> options, boolean currentFirst) {
      return next(options.size());
    }

    @Override
    public int branch(int options) {
      return next(options);
    }

    private int next(int options) {
      if (at >= depth) {
        return 0;
      }
      if (at == length) {
        if (length == path.length) {
          path = Arrays.copyOf(path, 2 * length);
          counts = Arrays.copyOf(counts, 2 * length);
        }
        path[length] = 0;
        counts[length] = left == 0 ? 1 : options;
        length++;
        states++;
      }
      int choice = path[at++];
      left -= choice == 0 ? 0 : 1;
      return choice;
    }
  }
}
