package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A tree of limits, step by step; {@link BudgetProperties} has its sums. */
class BudgetTest {
  /** One type alone may keep the largest batch of it. */
  private static final long TIGHT = 64 * Budget.LARGEST_BATCH;

  @Test
  void theNodeAtTheTopIsTheRoot() {
    Budget root = new Budget(null, 100);
    Budget leaf = new Budget(new Budget(root, 100), 100);
    assertThat(leaf.root()).isSameAs(root);
    assertThat(root.root()).isSameAs(root);
  }

  @Test
  void eachDoublingOfTheTypesMakesBatchesSmallerWhereTheLimitIsTight() {
    Budget group = new Budget(null, TIGHT);
    Budget type = new Budget(group, Long.MAX_VALUE);
    boolean[] smaller = new boolean[10];
    for (int types = 1; types < smaller.length; types++) {
      long before = type.batch();
      smaller[types] = type.countType(1);
      assertThat(type.batch() < before).as("%s types", types).isEqualTo(smaller[types]);
    }
    assertThat(smaller)
        .containsExactly(false, false, true, true, false, true, false, false, false, true);
    for (int types = 9; types > 0; types--) {
      assertThat(type.countType(-1)).as("%s types", types).isFalse();
    }
    assertThat(type.batch()).isEqualTo(Budget.LARGEST_BATCH);
  }

  @Test
  void batchesStayAsTheyAreWhereTheLimitIsWide() {
    Budget type = new Budget(new Budget(null, 1000 * TIGHT), Long.MAX_VALUE);
    for (int types = 1; types < 10; types++) {
      assertThat(type.countType(1)).as("%s types", types).isFalse();
      assertThat(type.batch()).isEqualTo(Budget.LARGEST_BATCH);
    }
  }

  @Test
  void oneTightNodeOfSeveralAboveIsEnough() {
    Budget wide = new Budget(null, 1000 * TIGHT);
    Budget tight = new Budget(wide, TIGHT);
    Budget type = new Budget(tight, Long.MAX_VALUE);
    assertThat(type.countType(1)).isFalse();
    assertThat(type.countType(1)).isTrue();
    Budget other = new Budget(wide, Long.MAX_VALUE);
    assertThat(other.countType(1)).as("the third below the wide one only").isFalse();
  }

  @Test
  void whatIsReservedIsDrawnAbove() {
    Budget root = new Budget(null, 100);
    Budget node = new Budget(root, 100);
    assertThat(node.reserve(60)).isTrue();
    assertThat(root.drawn()).isEqualTo(60);
    assertThat(new Budget(root, 100).reserve(41)).isFalse();
    assertThat(root.drawn()).isEqualTo(60);
    assertThat(node.reserve(10)).isTrue();
    assertThat(root.drawn()).isEqualTo(10);
    assertThat(node.draw(20, 20)).isEqualTo(20);
    assertThat(root.drawn()).isEqualTo(20);
    assertThat(node.reserve(0)).isTrue();
    assertThat(root.drawn()).as("what is used stays drawn").isEqualTo(20);
    assertThatThrownBy(() -> root.reserve(1)).hasMessage("there is nothing to reserve from");
  }
}
