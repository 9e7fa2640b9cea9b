package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Random draws, returns, limits and reservations in a tree of seven, against a plain model. */
class BudgetProperties {
  /** What is above each node; the leaves are the last four. */
  private static final int[] ABOVE = {-1, 0, 0, 1, 1, 2, 2};

  private static final int FIRST_LEAF = 3;

  /** Recomputes everything from what the leaves have drawn. */
  private static final class Model {
    final long[] limit = new long[ABOVE.length];
    final long[] reserved = new long[ABOVE.length];
    final long[] drawn = new long[ABOVE.length];

    long drawn(int node) {
      if (node >= FIRST_LEAF) {
        return drawn[node];
      }
      long sum = 0;
      for (int n = 0; n < ABOVE.length; n++) {
        if (ABOVE[n] == node) {
          sum += Math.max(drawn(n), reserved[n]);
        }
      }
      return sum;
    }

    boolean takes(int leaf, long bytes) {
      long before = drawn[leaf];
      drawn[leaf] += bytes;
      boolean fits = true;
      // A node that has less than its reservation asks nothing of those above it.
      long more = bytes;
      for (int n = leaf; n >= 0 && more > 0; n = ABOVE[n]) {
        fits &= drawn(n) <= limit[n];
        drawn[leaf] = before;
        long had = Math.max(drawn(n), reserved[n]);
        drawn[leaf] = before + bytes;
        more = Math.max(drawn(n), reserved[n]) - had;
      }
      if (!fits) {
        drawn[leaf] = before;
      }
      return fits;
    }

    boolean reserves(int node, long bytes) {
      long before = reserved[node];
      boolean fits = true;
      int n = node;
      long more;
      do {
        reserved[node] = before;
        long had = Math.max(drawn(n), reserved[n]);
        reserved[node] = bytes;
        more = Math.max(drawn(n), reserved[n]) - had;
        n = ABOVE[n];
        fits &= more <= 0 || n < 0 || drawn(n) <= limit[n];
      } while (more > 0 && n > 0);
      if (!fits) {
        reserved[node] = before;
      }
      return fits;
    }
  }

  @Property(tries = 2000)
  void isAsItsModel(@ForAll @Size(min = 1, max = 200) List<Integer> steps) {
    Model model = new Model();
    Budget[] budgets = new Budget[ABOVE.length];
    for (int n = 0; n < ABOVE.length; n++) {
      model.limit[n] = n == 0 ? 100 : 60;
      @Nullable Budget above = ABOVE[n] < 0 ? null : budgets[ABOVE[n]];
      budgets[n] = new Budget(above, model.limit[n]);
    }
    for (int step : steps) {
      Random random = new Random(step);
      int leaf = FIRST_LEAF + random.nextInt(ABOVE.length - FIRST_LEAF);
      long bytes = 1 + random.nextInt(40);
      switch (random.nextInt(10)) {
        case 0 -> {
          int node = random.nextInt(ABOVE.length);
          model.limit[node] = random.nextInt(120);
          budgets[node].limit(model.limit[node]);
        }
        case 1, 2 -> {
          int node = 1 + random.nextInt(ABOVE.length - 1);
          assertThat(budgets[node].reserve(bytes)).isEqualTo(model.reserves(node, bytes));
        }
        case 3, 4, 5 -> {
          long back = Math.min(bytes, model.drawn[leaf]);
          model.drawn[leaf] -= back;
          budgets[leaf].giveBack(back);
        }
        default ->
            assertThat(budgets[leaf].draw(bytes, bytes) == bytes)
                .isEqualTo(model.takes(leaf, bytes));
      }
      for (int n = 0; n < ABOVE.length; n++) {
        assertThat(budgets[n].drawn()).as("node %d", n).isEqualTo(model.drawn(n));
        assertThat(budgets[n].peak()).isGreaterThanOrEqualTo(budgets[n].drawn());
      }
    }
  }

  @Property(tries = 2000)
  void givesFromTheLeastToTheMostAndNoMoreThanThereIs(
      @ForAll @Size(min = 1, max = 100) List<Integer> steps) {
    Budget top = new Budget(null, 100);
    Budget[] leaves = {new Budget(top, 80), new Budget(top, Long.MAX_VALUE)};
    assertThat(leaves[1].reserve(20)).isTrue();
    for (int step : steps) {
      Random random = new Random(step);
      Budget leaf = leaves[random.nextInt(2)];
      long least = 1 + random.nextInt(30);
      long most = least + random.nextInt(30);
      if (random.nextInt(3) == 0) {
        leaf.giveBack(Math.min(least, leaf.drawn()));
      } else {
        long before = leaf.drawn();
        long own = leaf.limit() - before;
        long room = Math.min(own, 100 - top.drawn() + Math.max(0, leaf.reserved() - before));
        assertThat(leaf.draw(least, most))
            .isEqualTo(room < least ? Budget.REFUSED : Math.min(room, most));
      }
      assertThat(top.drawn()).isLessThanOrEqualTo(100);
    }
  }
}
