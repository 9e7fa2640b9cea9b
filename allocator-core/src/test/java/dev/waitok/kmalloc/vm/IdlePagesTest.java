package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two sets of idle pages beside two plain ones. */
class IdlePagesTest {
  private static final int PAGES = 200;
  private static final int EVERYWHERE = 100;

  private final IdlePages idle = new IdlePages(PAGES);
  private final BitSet now = new BitSet();
  private BitSet before = new BitSet();

  private static int run(BitSet set, int last, int most) {
    int first = last;
    while (first > 0 && last - first + 1 < most && set.get(first - 1)) {
      first--;
    }
    return first;
  }

  private BitSet all() {
    BitSet all = (BitSet) before.clone();
    all.or(now);
    return all;
  }

  private void check() {
    BitSet all = all();
    assertThat(idle.count()).isEqualTo(all.cardinality());
    assertThat(idle.countIsRight()).isTrue();
    for (int page = 0; page < PAGES; page++) {
      assertThat(idle.contains(page)).as("page %d", page).isEqualTo(all.get(page));
    }
    for (int end = 0; end <= PAGES; end++) {
      int any = all.previousSetBit(end - 1);
      int old = end == 0 ? -1 : before.previousSetBit(end - 1);
      assertThat(idle.highestBelow(end, true, EVERYWHERE)).isEqualTo(end == 0 ? -1 : any);
      assertThat(idle.highestBelow(end, false, EVERYWHERE)).isEqualTo(old);
      if (end > 0 && any >= 0) {
        assertThat(idle.startOfRun(any, true, 5)).isEqualTo(run(all, any, 5));
      }
      if (old >= 0) {
        assertThat(idle.startOfRun(old, false, 70)).isEqualTo(run(before, old, 70));
      }
    }
  }

  @Test
  void isTwoSetsThatChangePlaces() {
    for (long seed = 1; seed <= 12; seed++) {
      Random random = new Random(seed);
      for (int step = 0; step < 12; step++) {
        int page = random.nextInt(PAGES);
        int n = 1 + random.nextInt(PAGES - page);
        int choice = random.nextInt(5);
        if (choice < 2) {
          BitSet all = all();
          int end = all.nextSetBit(page);
          int free = end < 0 ? n : Math.min(n, end - page);
          if (free > 0) {
            idle.freed(page, free);
            now.set(page, page + free);
          }
        } else if (choice < 4) {
          idle.taken(page, n);
          now.clear(page, page + n);
          before.clear(page, page + n);
        } else {
          idle.taken(0, PAGES); // the older set is always emptied before a period ends
          before = new BitSet();
          now.clear();
          idle.freed(page, n);
          now.set(page, page + n);
          idle.endPeriod();
          before = (BitSet) now.clone();
          now.clear();
        }
        check();
      }
    }
  }

  @Test
  void aLookAtSoManyWordsEndsWhereItGoesOn() {
    idle.freed(3, 1);
    assertThat(idle.highestBelow(PAGES, true, 1)).isEqualTo(-1 - 192);
    assertThat(idle.highestBelow(192, true, 2)).isEqualTo(-1 - 64);
    assertThat(idle.highestBelow(64, true, 1)).isEqualTo(3);
    assertThat(idle.highestBelow(3, true, 1)).isEqualTo(-1);
  }
}
