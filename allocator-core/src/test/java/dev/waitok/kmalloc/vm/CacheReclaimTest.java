package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.PlainContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import org.junit.jupiter.api.Test;

/** Runs made of FREE and CACHE pages, and homes that are busy. */
class CacheReclaimTest {
  private static final int R = 8;

  private final PageQueues queues = new PageQueues(64, 0, new Levels(2, R, 10, 12));
  private final CacheReclaim reclaim = new CacheReclaim(queues);
  private final Caller caller = new PlainContext().caller();

  private class Home implements PageHome {
    private int busyTries;

    @Override
    public boolean tryLock() {
      return busyTries-- <= 0;
    }

    @Override
    public void unlock() {}

    @Override
    public void forget(int index, int page) {}
  }

  private static final class Ask extends PageRequest {
    Ask(int pages) {
      super(pages, 1, TO_RESERVE, true, NO_CLASS, 0);
      floorLevel = TO_RESERVE;
      mayReclaim = true;
    }

    @Override
    protected long attempt(Caller caller) {
      throw new IllegalStateException("not run by a supply");
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {}

    @Override
    protected void callIn() {}
  }

  private void wireAll() {
    while (queues.takeAnyFree(1) >= 0) {
      assertThat(queues.count(PageState.WIRED)).isPositive();
    }
  }

  private void cache(PageHome home, int from, int to) {
    for (int page = from; page < to; page++) {
      queues.settle(page, home, page);
      queues.unhold(page);
      queues.cacheNow(page);
    }
  }

  @Test
  void freePagesInsideARunCountAgainstTheFloor() {
    wireAll();
    cache(new Home(), 10, 18);
    queues.release(18, 2);
    queues.release(30, 9);
    assertThat(queues.count(PageState.FREE)).isEqualTo(11);
    assertThat(reclaim.take(new Ask(10), caller)).isEqualTo(10);
    assertThat(queues.count(PageState.FREE)).isEqualTo(9);
    queues.checkInvariants();
  }

  @Test
  void belowTheFloorTheyAreReplacedFirst() {
    wireAll();
    cache(new Home(), 10, 18);
    cache(new Home(), 40, 43);
    queues.release(18, 2);
    assertThat(reclaim.take(new Ask(10), caller)).isEqualTo(10);
    assertThat(queues.count(PageState.FREE)).isEqualTo(2);
    assertThat(queues.count(PageState.CACHE)).isEqualTo(1);
    assertThat(reclaim.take(new Ask(2), caller)).isEqualTo(PageQueues.NO_PAGE);
    queues.checkInvariants();
  }

  @Test
  void pagesFreedMeanwhileDoNotLowerTheFloor() {
    wireAll();
    Home home =
        new Home() {
          @Override
          public boolean tryLock() {
            if (queues.count(PageState.FREE) == 3) {
              queues.release(0, 17);
              return false;
            }
            return true;
          }
        };
    cache(home, 17, 40);
    queues.release(61, 3);
    assertThat(reclaim.take(new Ask(20), caller)).isNotNegative();
    assertThat(queues.count(PageState.FREE)).isGreaterThanOrEqualTo(R);
    queues.checkInvariants();
  }

  @Test
  void aBusyHomeIsPassedOverAndNothingIsLost() {
    wireAll();
    Home busy = new Home();
    busy.busyTries = Integer.MAX_VALUE;
    cache(busy, 10, 12);
    cache(new Home(), 20, 22);
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(20);
    assertThat(reclaim.take(new Ask(2), caller)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(queues.count(PageState.CACHE)).isEqualTo(3);
    queues.checkInvariants();
  }

  @Test
  void theOldestPageWhoseHomeIsNotBusyIsMadeFree() {
    wireAll();
    assertThat(reclaim.toFree()).as("there is none").isFalse();
    Home busy = new Home();
    busy.busyTries = 2;
    cache(busy, 10, 11);
    cache(new Home(), 20, 21);
    assertThat(reclaim.toFree()).isTrue();
    assertThat(queues.count(PageState.FREE)).isEqualTo(1);
    assertThat(queues.count(PageState.CACHE)).as("of the busy one").isEqualTo(1);
    assertThat(queues.describe(20)).isEqualTo("FREE");
    assertThat(reclaim.toFree()).as("busy once more, then not").isTrue();
    queues.checkInvariants();
  }

  @Test
  void whoseHomesAreAllBusyIsLeftAlone() {
    wireAll();
    Home busy = new Home();
    busy.busyTries = 8;
    cache(busy, 10, 12);
    assertThat(reclaim.toFree()).isFalse();
    assertThat(busy.busyTries).as("a try for each of 8").isZero();
    assertThat(queues.count(PageState.FREE)).isZero();
    assertThat(reclaim.toFree()).isTrue();
  }

  @Test
  void onePageIsMadeFreeIfItIsCacheAndItsHomeIsNotBusy() {
    wireAll();
    assertThat(reclaim.toFree(10)).as("WIRED").isFalse();
    Home busy = new Home();
    busy.busyTries = 1;
    cache(busy, 10, 11);
    assertThat(reclaim.toFree(10)).isFalse();
    assertThat(queues.count(PageState.FREE)).isZero();
    assertThat(reclaim.toFree(10)).isTrue();
    assertThat(queues.count(PageState.FREE)).isEqualTo(1);
    assertThat(reclaim.toFree(10)).isFalse();
    queues.checkInvariants();
  }

  @Test
  void whatElseWasCapturedOfARunGoesBackToFreeAndServesOthers() {
    wireAll();
    Home busy = new Home();
    cache(new Home(), 10, 11);
    cache(busy, 11, 12);
    for (int i = 0; i < R; i++) {
      queues.release(20 + 2 * i, 1); // no two in a row
    }
    busy.busyTries = Integer.MAX_VALUE;
    long reclaimed = queues.figures().reclaimedPages();
    assertThat(reclaim.take(new Ask(2), caller)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(queues.count(PageState.FREE)).as("page 10 too").isEqualTo(R + 1);
    assertThat(queues.count(PageState.CACHE)).isEqualTo(1);
    assertThat(queues.figures().reclaimedPages()).isEqualTo(reclaimed);
    busy.busyTries = 0;
    assertThat(reclaim.take(new Ask(2), caller)).isEqualTo(10);
    assertThat(queues.figures().reclaimedPages()).isEqualTo(reclaimed + 1);
    queues.checkInvariants();
  }

  @Test
  void aRequestTriesEightTimesAndGivesUp() {
    wireAll();
    queues.release(0, R);
    Home busy = new Home();
    busy.busyTries = 8;
    cache(busy, 10, 11);
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(busy.busyTries).isZero();
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(10);
  }
}
