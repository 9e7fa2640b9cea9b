package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Chooser;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All interleavings within two bounds, depth first: only the first so many choices vary, and only so
 * many of a run's choices take the cpu from one who could go on. What is beyond the bounds takes the
 * first option. Most defects need few preemptions (Musuvathi and Qadeer, 2007).
 */
final class ExhaustiveSearch implements Search {
  private final int depth;
  private final int preemptions;
  private int[] path = new int[64];
  private int[] counts = new int[64];
  private int length;
  private boolean begun;
  private long states;

  ExhaustiveSearch(int depth, int preemptions) {
    this.depth = depth;
    this.preemptions = preemptions;
  }

  @Override
  public @Nullable Chooser next() {
    if (begun) {
      do {
        if (length == 0) {
          return null;
        }
        length--;
      } while (path[length] + 1 >= counts[length]);
      path[length]++;
      length++;
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
    private int left = preemptions;

    @Override
    public int actor(List<Actor> options, boolean currentFirst) {
      int choice = next(currentFirst && left == 0 ? 1 : options.size());
      if (currentFirst && choice > 0) {
        left--;
      }
      return choice;
    }

    @Override
    public int branch(int options) {
      return next(options);
    }

    private int next(int options) {
      if (options < 2 || at >= depth) {
        return 0;
      }
      if (at == length) {
        if (length == path.length) {
          path = Arrays.copyOf(path, 2 * length);
          counts = Arrays.copyOf(counts, 2 * length);
        }
        path[length] = 0;
        counts[length] = options;
        length++;
        states++;
      }
      return path[at++];
    }
  }
}
