package dev.waitok.kmalloc.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The tree against a plain array of booleans. */
class RunTreeProperties {
  @Property(tries = 1000)
  void agreesWithAPlainSet(
      @ForAll @IntRange(min = 1, max = 400) int pages,
      @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 1L << 40) Long> changes) {
    RunTree tree = new RunTree(pages);
    boolean[] model = new boolean[pages];
    for (long change : changes) {
      int from = (int) (change % pages);
      int n = 1 + (int) ((change >> 10) % (pages - from));
      boolean add = (change >> 30 & 1) == 0;
      if (add) {
        tree.add(from, n);
      } else {
        tree.remove(from, n);
      }
      for (int i = from; i < from + n; i++) {
        model[i] = add;
      }
      check(tree, model);
    }
  }

  private static void check(RunTree tree, boolean[] model) {
    int longest = 0;
    for (int n = 1; n <= model.length; n++) {
      int expected = lowest(model, n, 1, 0);
      assertThat(tree.find(n)).as("find(%d)", n).isEqualTo(expected);
      longest = expected >= 0 ? n : longest;
    }
    assertThat(tree.longest()).isEqualTo(longest);
    for (int align = 2; align <= 8; align *= 2) {
      int n = 1 + longest / 2;
      int phase = longest % align;
      assertThat(tree.findAligned(n, align, phase)).isEqualTo(lowest(model, n, align, phase));
    }
    assertThat(tree.count(0, model.length)).isEqualTo(count(model));
    for (int i = 0; i < model.length; i++) {
      assertThat(tree.contains(i)).isEqualTo(model[i]);
    }
  }

  private static int count(boolean[] model) {
    int count = 0;
    for (boolean member : model) {
      count += member ? 1 : 0;
    }
    return count;
  }

  private static int lowest(boolean[] model, int n, int align, int phase) {
    int run = 0;
    for (int start = 0; start + n <= model.length; start++) {
      run = 0;
      while (run < n && model[start + run]) {
        run++;
      }
      if (run == n && (start + phase) % align == 0) {
        return start;
      }
    }
    return -1;
  }

  @Property(tries = 1000)
  void findsTheLongestRunOfAWord(@ForAll long word) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < 64; i++) {
      run = (word >>> i & 1) == 1 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    assertThat(RunTree.longestRun(word)).isEqualTo(longest);
  }
}
