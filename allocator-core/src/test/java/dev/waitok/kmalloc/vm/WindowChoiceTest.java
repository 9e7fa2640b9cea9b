package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The choice of a window beside a sum over every place there is. */
class WindowChoiceTest {
  private static final int PAGES = 48;
  private static final int CACHE = 1;
  private static final int INACTIVE = 2;
  private static final int ACTIVE = 4;
  private static final int HELD = 16;
  private static final int WHOLE_RUN = 16;
  private static final int OWED = 64;
  private static final int STRUCK = 4096;
  private static final int RESERVED = 1 << 24;
  private static final int MOST_STRIKES = 64;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final int[] live = new int[PAGES];
  private final long[] cost = new long[PAGES];
  private final boolean[] isFree = new boolean[PAGES];
  private final int[] strikes = new int[PAGES];
  private final WindowChoice choice = new WindowChoice(queues, new Blocks());

  private final class Blocks implements Tenants {
    @Override
    public int livePerPage(int page) {
      return live[page];
    }

    @Override
    public void withdraw(int from, int n) {
      throw new IllegalStateException("a choice changes nothing");
    }

    @Override
    public void restore() {
      throw new IllegalStateException("a choice changes nothing");
    }
  }

  private void makePages(Random random) {
    Arrays.fill(live, Tenants.NO_BLOCKS);
    IdleHome home = new IdleHome();
    boolean[] stayFree = new boolean[PAGES];
    for (int page = 0; page < PAGES; page++) {
      assertThat(queues.takeAnyFree(1)).isEqualTo(page);
      int kind = random.nextInt(8);
      if (kind == 0) {
        stayFree[page] = true;
      } else if (kind == 1) {
        cost[page] = WHOLE_RUN;
      } else if (kind == 2) {
        live[page] = random.nextInt(30);
        cost[page] = Math.max(1, live[page]);
      } else {
        queues.settle(page, home, page);
        cost[page] = HELD;
        if (kind > 3) {
          queues.unhold(page);
          cost[page] = INACTIVE;
        }
        if (kind == 5) {
          queues.hold(page);
          queues.unhold(page);
          cost[page] = ACTIVE;
        } else if (kind > 5) {
          queues.cacheNow(page);
          cost[page] = CACHE;
        }
      }
    }
    for (int page = 0; page < PAGES; page++) {
      if (stayFree[page]) {
        queues.release(page, 1);
        isFree[page] = true;
      }
    }
  }

  private long sum(int from, int n, int free) {
    long sum = 0;
    for (int page = from; page < from + n; page++) {
      sum += (isFree[page] ? free : cost[page]) + (long) STRUCK * strikes[page];
    }
    return sum;
  }

  private int cheapest(int n, int align, int phase, int free) {
    int best = -1;
    for (int from = 0; from + n <= PAGES; from++) {
      if ((from + phase) % align == 0 && (best < 0 || sum(from, n, free) < sum(best, n, free))) {
        best = from;
      }
    }
    return best;
  }

  private void compare(long seed) {
    for (int n = 1; n <= 9; n++) {
      for (int align = 1; align <= 8; align *= 2) {
        for (int phase = 0; phase < align; phase++) {
          String where = "seed %d, %d pages by %d + %d".formatted(seed, n, align, phase);
          assertThat(choice.cheapest(n, align, phase, false))
              .as(where)
              .isEqualTo(cheapest(n, align, phase, 0));
          assertThat(choice.cheapest(n, align, phase, true))
              .as(where + ", FREE owed")
              .isEqualTo(cheapest(n, align, phase, OWED));
        }
      }
    }
  }

  private void strike(int from, int n) {
    choice.strike(from, n);
    for (int page = from; page < from + n; page++) {
      if (!isFree[page] && strikes[page] < MOST_STRIKES) {
        strikes[page]++;
      }
    }
  }

  @Test
  void isTheFirstOfTheCheapest() {
    for (long seed = 1; seed <= 20; seed++) {
      WindowChoiceTest fresh = new WindowChoiceTest();
      Random random = new Random(seed);
      fresh.makePages(random);
      for (int from = 0; from + 5 <= PAGES; from += 3) {
        assertThat(fresh.choice.cost(from, 5)).isEqualTo(fresh.sum(from, 5, 0));
      }
      fresh.compare(seed);
      for (int i = 0; i < 6; i++) {
        fresh.strike(random.nextInt(PAGES - 8), 1 + random.nextInt(8));
      }
      fresh.compare(seed);
      fresh.choice.forgive();
      Arrays.fill(fresh.strikes, 0);
      fresh.compare(seed);
      fresh.choice.forgive();
      fresh.compare(seed);
    }
  }

  @Test
  void whatWasWaitedForInVainAWholeDayDoesNotBecomeCheapAgain() {
    makePages(new Random(7));
    for (int i = 0; i < 300; i++) {
      strike(0, PAGES / 2);
    }
    compare(7);
  }

  @Test
  void theReserveIsTakenLastOfAll() {
    Arrays.fill(live, Tenants.NO_BLOCKS);
    for (int page = 0; page < PAGES; page++) {
      assertThat(queues.takeAnyFree(1)).isEqualTo(page);
      cost[page] = WHOLE_RUN;
    }
    queues.reserve(4);
    for (int page = 0; page < 4; page++) {
      queues.release(page, 1);
      cost[page] = RESERVED;
    }
    compare(0);
    assertThat(choice.cost(2, 3)).isEqualTo(2 * RESERVED + WHOLE_RUN);
  }

  @Test
  void nothingIsFoundWhereNothingFits() {
    Arrays.fill(live, Tenants.NO_BLOCKS);
    Arrays.fill(isFree, true);
    assertThat(choice.cheapest(PAGES + 1, 1, 0, false)).isEqualTo(-1);
    assertThat(choice.cheapest(PAGES, 1, 0, false)).isZero();
    assertThat(choice.cheapest(PAGES, 64, 1, false)).isEqualTo(-1);
    assertThat(choice.cost(0, PAGES)).isZero();
  }
}
