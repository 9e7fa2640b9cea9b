package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.PageQueues.Figures;
import dev.waitok.kmalloc.vm.PageQueues.WaiterFigures;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each step does to pages, figures and those who wait. */
class PageQueuesTest {
  private static final int PAGES = 64;
  private static final int I = 2;
  private static final int R = 8;
  private static final int MIN = 10;
  private static final int TARGET = 12;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(I, R, MIN, TARGET));

  private final IdleHome home = new IdleHome();

  private static SilentRequest pages(int n) {
    return new SilentRequest(n, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
  }

  private static SilentRequest block(int sizeClass, int owner) {
    return new SilentRequest(PAGES / 2, PageRequest.TO_RESERVE, sizeClass, owner);
  }

  private SilentRequest waiting(SilentRequest request) {
    queues.enqueue(request);
    return request;
  }

  private void wireAllBut(int free) {
    while (queues.count(PageState.FREE) > free) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  private void inactive(int page) {
    queues.settle(page, home, 100 + page);
    queues.unhold(page);
  }

  private void cached(int page) {
    inactive(page);
    queues.cacheNow(page);
  }

  @AfterEach
  void holdsItsInvariants() {
    queues.checkInvariants();
  }

  @Test
  void isWhatItWasMadeAs() {
    assertThat(queues.pages()).isEqualTo(PAGES);
    assertThat(queues.levels().target()).isEqualTo(TARGET);
    assertThat(queues.counts()).containsExactly(PAGES, 0, 0, 0, 0, 0);
    assertThat(queues.figures()).isEqualTo(new Figures(PAGES, 0, 0, 0, 0, 0));
    assertThat(queues.anyWaiting()).isFalse();
    assertThat(queues.pressure()).isEqualTo(PressureGauge.NONE);
  }

  @Test
  void aRequestCouldBeHeldIfTheArenaHasThatAboveItsFloor() {
    assertThat(queues.couldHold(PAGES - R, 1, PageRequest.TO_RESERVE)).isTrue();
    assertThat(queues.couldHold(PAGES - R + 1, 1, PageRequest.TO_RESERVE)).isFalse();
    assertThat(queues.couldHold(PAGES - I, 1, PageRequest.TO_INTERRUPT_RESERVE)).isTrue();
    assertThat(queues.couldHold(PAGES, 1, PageRequest.TO_LAST_PAGE)).isTrue();
    assertThat(queues.couldHold(PAGES + 1, 1, PageRequest.TO_LAST_PAGE)).isFalse();
    queues.reserve(3);
    assertThat(queues.couldHold(PAGES - 3, 1, PageRequest.TO_LAST_PAGE)).isTrue();
    assertThat(queues.couldHold(PAGES - 2, 1, PageRequest.TO_LAST_PAGE)).isFalse();
    PageQueues odd = new PageQueues(PAGES, 5, new Levels(I, R, MIN, TARGET));
    assertThat(odd.couldHold(PAGES - 3, 8, PageRequest.TO_LAST_PAGE)).isTrue();
    assertThat(odd.couldHold(PAGES - 2, 8, PageRequest.TO_LAST_PAGE))
        .as("3 pages lie before the first aligned one")
        .isFalse();
  }

  @Test
  void freeIsTakenDownToTheFloor() {
    assertThat(queues.takeFree(pages(PAGES - R), PAGES - R)).isZero();
    assertThat(queues.takeFree(pages(1), 1)).isEqualTo(PageQueues.NO_PAGE);
    SilentRequest deeper =
        new SilentRequest(1, PageRequest.TO_INTERRUPT_RESERVE, PageRequest.NO_CLASS, 0);
    for (int i = R; i > I; i--) {
      assertThat(queues.takeFree(deeper, 1)).isNotNegative();
    }
    assertThat(queues.takeFree(deeper, 1)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(queues.belowMin()).isTrue();
  }

  @Test
  void minIsUndercutBelowIt() {
    wireAllBut(MIN);
    assertThat(queues.belowMin()).isFalse();
    wireAllBut(MIN - 1);
    assertThat(queues.belowMin()).isTrue();
  }

  @Test
  void figuresBeginAnewWhereTheyAreReset() {
    wireAllBut(20);
    queues.release(0, 30);
    assertThat(queues.figures()).isEqualTo(new Figures(20, 44, 0, 0, 30, 0));
    queues.resetPeaks();
    assertThat(queues.figures()).isEqualTo(new Figures(50, 14, 0, 0, 30, 0));
    queues.countReclaimed(3);
    SilentRequest waiter = waiting(pages(60));
    assertThat(queues.figures()).isEqualTo(new Figures(50, 14, 3, 1, 30, 0));
    queues.leave(waiter);
    assertThat(queues.idlePages()).isEqualTo(30);
  }

  @Test
  void pagesThatAreFreedAreProgressAndOthersAreNot() {
    long progress = queues.progress();
    long came = queues.pagesCame();
    int page = queues.takeAnyFree(3);
    assertThat(queues.progress()).isEqualTo(progress);
    queues.release(page, 3);
    assertThat(queues.progress()).isEqualTo(++progress);
    assertThat(queues.pagesCame()).isEqualTo(++came);
    queues.noteProgress();
    assertThat(queues.progress()).isEqualTo(++progress);
    queues.blockFreed(1, 1);
    assertThat(queues.progress()).isEqualTo(++progress);
    assertThat(queues.pagesCame()).isEqualTo(came);
    int cache = queues.takeAnyFree(1);
    cached(cache);
    assertThat(queues.progress()).isEqualTo(++progress);
    assertThat(queues.pagesCame()).isEqualTo(++came);
  }

  @Test
  void aWaiterIsGrantedWhatIsFreedAndWoken() {
    wireAllBut(R);
    SilentRequest waiter = waiting(pages(2));
    assertThat(queues.anyWaiting()).isTrue();
    assertThat(queues.unservedWaiter()).isTrue();
    assertThat(queues.shortfall()).as("4 to the target").isEqualTo(TARGET - R);
    queues.release(0, 1);
    assertThat(waiter.wakeUps).isZero();
    queues.release(1, 1);
    assertThat(waiter.wakeUps).isEqualTo(1);
    assertThat(queues.anyWaiting()).isFalse();
    assertThat(queues.unservedWaiter()).isFalse();
    assertThat(queues.takeFree(waiter, 1)).as("not what it was granted").isNegative();
    assertThat(queues.takeFree(waiter, 2)).isZero();
    queues.leave(waiter);
    assertThat(queues.count(PageState.FREE)).isEqualTo(R);
  }

  @Test
  void theShortfallIsTheFirstWaitersOrFreesToItsTarget() {
    assertThat(queues.shortfall()).isZero();
    SilentRequest waiter = waiting(pages(60));
    assertThat(queues.shortfall()).isEqualTo(60);
    waiter.signalled = true;
    assertThat(queues.shortfall()).isZero();
    assertThat(queues.unservedWaiter()).isFalse();
    queues.leave(waiter);
    wireAllBut(TARGET - 3);
    assertThat(queues.shortfall()).isEqualTo(3);
  }

  @Test
  void aWaiterNeedsFreeUnlessItMayReclaim() {
    assertThat(queues.unservedWaiterNeedsFree()).isFalse();
    SilentRequest waiter = waiting(pages(60));
    assertThat(queues.unservedWaiterNeedsFree()).isTrue();
    waiter.mayReclaim = true;
    assertThat(queues.unservedWaiterNeedsFree()).isFalse();
    waiter.mayReclaim = false;
    waiter.signalled = true;
    assertThat(queues.unservedWaiterNeedsFree()).isFalse();
    queues.leave(waiter);
  }

  @Test
  void aBlockWakesTheFirstItServesOnceUntilItTriesAgain() {
    SilentRequest first = waiting(block(3, 7));
    SilentRequest second = waiting(block(3, 7));
    wireAllBut(R);
    queues.blockFreed(3, 8);
    queues.blockFreed(4, 7);
    assertThat(first.wakeUps + second.wakeUps).isZero();
    queues.blockFreed(3, 7);
    assertThat(first.wakeUps).isEqualTo(1);
    queues.blockFreed(3, 7);
    assertThat(second.wakeUps).isEqualTo(1);
    queues.blockFreed(3, 7);
    assertThat(first.wakeUps).isEqualTo(1);
    queues.beginAttempt(first);
    queues.blockFreed(3, 7);
    assertThat(first.wakeUps).isEqualTo(2);
    assertThat(second.wakeUps).isEqualTo(1);
    queues.leave(first);
    queues.leave(second);
    queues.release(0, 1);
  }

  @Test
  void theYoungestIsGivenUpFirst() {
    SilentRequest first = waiting(pages(60));
    SilentRequest second = waiting(pages(60));
    assertThat(queues.failYoungest()).isTrue();
    assertThat(second.stalled).isTrue();
    assertThat(second.wakeUps).isEqualTo(1);
    assertThat(first.wakeUps).isZero();
    assertThat(queues.failYoungest()).isTrue();
    assertThat(first.stalled).isTrue();
    assertThat(first.wakeUps).isEqualTo(1);
    assertThat(queues.failYoungest()).isFalse();
    queues.leave(first);
    queues.leave(second);
  }

  @Test
  void namesThoseWhoWaitInLine() {
    SilentRequest first = waiting(pages(60));
    SilentRequest second = waiting(pages(59));
    second.since = 17;
    assertThat(queues.waiterFigures())
        .containsExactly(
            new WaiterFigures("60 pages", 60, 0), new WaiterFigures("59 pages", 59, 17));
    queues.leave(first);
    queues.leave(second);
    assertThat(queues.waiterFigures()).isEmpty();
  }

  @Test
  void closingWakesEverybodyOnce() {
    SilentRequest first = waiting(pages(60));
    queues.close();
    assertThat(first.wakeUps).isEqualTo(1);
    assertThat(first.signalled).isTrue();
    assertThat(queues.takeFree(first, 60)).isNegative();
    queues.leave(first);
  }

  @Test
  void aLaterOneIsHeldBackUntilTheHoldIsLifted() {
    wireAllBut(R + 1);
    SilentRequest large = waiting(pages(4));
    SilentRequest small = pages(1);
    assertThat(queues.takeFree(small, 1)).as("held back").isNegative();
    long seen = queues.pagesCame();
    queues.liftHold(seen - 1);
    assertThat(queues.takeFree(small, 1)).as("pages have come since").isNegative();
    queues.liftHold(seen);
    int page = queues.takeFree(small, 1);
    assertThat(page).isNotNegative();
    queues.release(page, 1);
    assertThat(queues.takeFree(small, 1)).as("in force again").isNegative();
    queues.leave(large);
    assertThat(queues.takeFree(small, 1)).isNotNegative();
  }

  @Test
  void aHomesUnlockLooksAtTheLine() {
    wireAllBut(R);
    SilentRequest waiter = pages(1);
    waiter.mayReclaim = true;
    waiting(waiter);
    cached(0);
    assertThat(waiter.wakeUps).as("to reclaim by itself").isEqualTo(1);
    queues.homeUnlocked();
    assertThat(waiter.wakeUps).as("it is on its way").isEqualTo(1);
    queues.beginAttempt(waiter);
    queues.homeUnlocked();
    assertThat(waiter.wakeUps).isEqualTo(2);
    queues.leave(waiter);
    queues.homeUnlocked();
    assertThat(waiter.wakeUps).isEqualTo(2);
  }

  @Test
  void pagesAgeFromActiveOverInactiveToCache() {
    assertThat(queues.ageOne()).isEqualTo(PageQueues.NO_PAGE);
    assertThat(queues.deactivateOne()).isFalse();
    wireAllBut(PAGES - 3);
    inactive(0);
    inactive(1);
    queues.hold(0);
    queues.unhold(0);
    assertThat(queues.counts()).containsExactly(PAGES - 3, 0, 1, 1, 0, 1);
    assertThat(queues.ageOne()).isEqualTo(PageQueues.AGED);
    assertThat(queues.counts()).containsExactly(PAGES - 3, 1, 0, 1, 0, 1);
    assertThat(queues.oldestCache()).isEqualTo(1);
    assertThat(queues.ageOne()).isEqualTo(PageQueues.AGED);
    assertThat(queues.counts()).containsExactly(PAGES - 3, 1, 1, 0, 0, 1);
    queues.hold(0);
    queues.unhold(0);
    queues.hold(0);
    queues.unhold(0);
    assertThat(queues.deactivateOne()).isTrue();
    assertThat(queues.describe(0)).isEqualTo("INACTIVE");
    assertThat(queues.indexOf(0)).isEqualTo(100);
  }

  @Test
  void agingWakesWhomItServes() {
    wireAllBut(R);
    inactive(0);
    SilentRequest waiter = pages(1);
    waiter.mayReclaim = true;
    waiting(waiter);
    assertThat(queues.ageOne()).isEqualTo(PageQueues.AGED);
    assertThat(waiter.wakeUps).isEqualTo(1);
    queues.leave(waiter);
  }

  @Test
  void aDirtyPageIsPassedOverThenLaundered() {
    wireAllBut(R);
    queues.settle(0, home, 7);
    queues.markDirty(0);
    assertThat(queues.isDirty(0)).isTrue();
    queues.unhold(0);
    queues.cacheNow(0);
    assertThat(queues.describe(0)).as("dirty pages are no cache").isEqualTo("INACTIVE");
    assertThat(queues.ageOne()).isEqualTo(PageQueues.AGED);
    assertThat(queues.ageOne()).isZero();
    queues.beginLaundering(0);
    assertThat(queues.isDirty(0)).isFalse();
    assertThat(queues.describe(0)).isEqualTo("HOLD");
    SilentRequest waiter = pages(1);
    waiter.mayReclaim = true;
    waiting(waiter);
    long came = queues.pagesCame();
    queues.endLaundering(0, true);
    assertThat(queues.describe(0)).isEqualTo("CACHE");
    assertThat(queues.pagesCame()).isEqualTo(came + 1);
    assertThat(waiter.wakeUps).isEqualTo(1);
    queues.leave(waiter);
    queues.beginLaundering(0);
    queues.endLaundering(0, false);
    assertThat(queues.describe(0)).isEqualTo("INACTIVE");
    assertThat(queues.pagesCame()).isEqualTo(came + 1);
  }

  @Test
  void anActivePageCanBeCacheAtOnceAndAHeldOneNot() {
    wireAllBut(PAGES - 1);
    inactive(0);
    queues.hold(0);
    queues.cacheNow(0);
    assertThat(queues.describe(0)).isEqualTo("HOLD");
    queues.unhold(0);
    assertThat(queues.describe(0)).isEqualTo("ACTIVE");
    queues.cacheNow(0);
    assertThat(queues.describe(0)).isEqualTo("CACHE");
  }

  @Test
  void aPageIsItsHomesUntilItIsTakenFromIt() {
    wireAllBut(PAGES - 1);
    IdleHome other = new IdleHome();
    assertThat(queues.homeOf(0)).isNull();
    assertThat(queues.homeOfCache(0)).isNull();
    queues.settle(0, home, 42);
    assertThat(queues.homeOf(0)).isSameAs(home);
    assertThat(queues.indexIn(0, home)).isEqualTo(42);
    assertThat(queues.indexIn(0, other)).isEqualTo(-1);
    assertThat(queues.wireUnheld(0)).as("held").isFalse();
    queues.unhold(0);
    assertThat(queues.homeOfCache(0)).as("not CACHE").isNull();
    assertThat(queues.wireCache(0, home)).as("not CACHE").isFalse();
    queues.cacheNow(0);
    assertThat(queues.homeOfCache(0)).isSameAs(home);
    assertThat(queues.wireCache(0, other)).isFalse();
    assertThat(queues.wireCache(0, home)).isTrue();
    assertThat(queues.describe(0)).isEqualTo("WIRED");
    assertThat(queues.homeOf(0)).isNull();
    inactive(0);
    assertThat(queues.wireUnheld(0)).isTrue();
    assertThat(queues.describe(0)).isEqualTo("WIRED");
  }

  @Test
  void aCachePageThatIsPassedOverIsTheLast() {
    wireAllBut(PAGES - 3);
    cached(0);
    cached(1);
    assertThat(queues.oldestCache()).isZero();
    queues.passOver(0);
    assertThat(queues.oldestCache()).isEqualTo(1);
    queues.passOver(2);
    assertThat(queues.describe(2)).isEqualTo("WIRED");
    assertThat(queues.oldestCache()).isEqualTo(1);
  }

  @Test
  void idlePagesGoAwayAboveTheTargetAndComeBackWithoutMemory() {
    wireAllBut(0);
    queues.release(10, 30);
    assertThat(queues.takeIdle(PAGES, false, 100)).as("too young").isEqualTo(0L);
    queues.endIdlePeriod();
    long run = queues.takeIdle(PAGES, false, 5);
    assertThat(PageQueues.firstOf(run)).isEqualTo(35);
    assertThat(PageQueues.lengthOf(run)).isEqualTo(5);
    assertThat(queues.count(PageState.FREE)).isEqualTo(25);
    assertThat(queues.counts()).containsExactly(30, 0, 0, 0, 0, 34);
    long rest = queues.takeIdle(35, false, 100);
    assertThat(PageQueues.lengthOf(rest)).as("down to the target").isEqualTo(25 - TARGET);
    assertThat(PageQueues.lengthOf(queues.takeIdle(35, false, 100))).isZero();
    wireAllBut(4);
    assertThat(queues.shortfall()).as("18 will be back").isZero();
    queues.returnIdle(PageQueues.firstOf(rest), PageQueues.lengthOf(rest));
    queues.returnIdle(35, 5);
    assertThat(queues.count(PageState.FREE)).isEqualTo(4 + 18);
    assertThat(queues.figures().givenBack()).isEqualTo(5 + 25 - TARGET);
    assertThat(queues.idlePages()).isEqualTo(4);
  }

  @Test
  void nothingGoesAwayWhileSomebodyWaits() {
    wireAllBut(0);
    queues.release(0, 40);
    SilentRequest waiter = waiting(pages(60));
    assertThat(queues.takeIdle(PAGES, true, 100)).isEqualTo(0L);
    queues.leave(waiter);
    assertThat(PageQueues.lengthOf(queues.takeIdle(PAGES, true, 100))).isEqualTo(40 - TARGET);
    queues.returnIdle(TARGET, 40 - TARGET);
  }

  @Test
  void whoWaitsIsServedByPagesThatComeBack() {
    wireAllBut(0);
    queues.release(0, 40);
    long run = queues.takeIdle(PAGES, true, 100);
    SilentRequest waiter = waiting(pages(20));
    queues.returnIdle(PageQueues.firstOf(run), PageQueues.lengthOf(run));
    assertThat(waiter.wakeUps).isEqualTo(1);
    assertThat(queues.takeFree(waiter, 20)).isNotNegative();
    queues.leave(waiter);
  }

  @Test
  void tooMuchIdleIsTold() {
    AtomicInteger told = new AtomicInteger();
    queues.onIdleAbove(10, told::incrementAndGet);
    wireAllBut(0);
    queues.release(0, 10);
    assertThat(told).hasValue(0);
    queues.release(10, 1);
    assertThat(told).hasValue(1);
  }

  @Test
  void pressureIsToldOnceALevelOutsideTheLock() {
    AtomicInteger told = new AtomicInteger();
    queues.onPressure(
        () -> {
          assertThat(queues.counts()).as("the lock is free").isNotNull();
          told.incrementAndGet();
        });
    SilentRequest request = new SilentRequest(1, PageRequest.TO_LAST_PAGE, PageRequest.NO_CLASS, 0);
    for (int i = PAGES; i >= TARGET; i--) {
      assertThat(told).hasValue(0);
      assertThat(queues.takeFree(request, 1)).isNotNegative();
    }
    assertThat(told).hasValue(1);
    assertThat(queues.pressure()).isEqualTo(PressureGauge.TARGET);
    assertThat(queues.announcePressure()).isEqualTo(PressureGauge.TARGET);
    queues.release(0, 40);
    assertThat(told).as("better again").hasValue(2);
    assertThat(queues.announcePressure()).isEqualTo(PressureGauge.NONE);
  }

  @Test
  void theReserveIsForWhoHasAShareOfIt() {
    queues.reserve(4);
    Reclaimers.Share share = new Reclaimers.Share();
    share.left = 3;
    queues.onReserve(() -> share);
    wireAllBut(0);
    SilentRequest request = new SilentRequest(2, PageRequest.TO_LAST_PAGE, PageRequest.NO_CLASS, 0);
    assertThat(queues.takeFree(request, 2)).isNotNegative();
    assertThat(queues.takeFree(request, 2)).as("one is left of its share").isNegative();
    assertThat(queues.takeFree(request, 1)).isNotNegative();
    assertThat(queues.takeFree(request, 1)).as("the fourth is not its").isNegative();
    queues.onReserve(() -> null);
    assertThat(queues.takeFree(request, 1)).isNegative();
    int page = 20;
    queues.release(page, 5);
    assertThat(queues.count(PageState.FREE)).as("refilled first").isEqualTo(2);
  }

  @Test
  void theLineSaysWhoComesAndGoesAndWhatTheyNeed() {
    wireAllBut(0);
    long changes = queues.changes();
    SilentRequest one = waiting(pages(1));
    assertThat(queues.changes()).isEqualTo(changes + 1);
    assertThat(queues.anyNeedsRun()).isFalse();
    SilentRequest two = waiting(pages(2));
    assertThat(queues.anyNeedsRun()).isTrue();
    queues.leave(two);
    assertThat(queues.changes()).isEqualTo(changes + 3);
    queues.leave(one);
  }

  @Test
  void theyWaitAsleepForGoodUnlessSomethingIsOnItsWayToOneOfThem() {
    wireAllBut(0);
    assertThat(queues.allWaitAsleepForGood()).as("nobody waits").isFalse();
    SilentRequest first = waiting(pages(1));
    SilentRequest second = waiting(pages(1));
    assertThat(queues.allWaitAsleepForGood()).isTrue();
    second.bounded = true;
    assertThat(queues.allWaitAsleepForGood()).isFalse();
    second.bounded = false;
    second.stalled = true;
    assertThat(queues.allWaitAsleepForGood()).isFalse();
    second.stalled = false;
    second.signalled = true;
    assertThat(queues.allWaitAsleepForGood()).isFalse();
    second.signalled = false;
    second.granted = 3;
    assertThat(queues.allWaitAsleepForGood()).isFalse();
    second.granted = PageQueues.NO_PAGE;
    assertThat(queues.allWaitAsleepForGood()).isTrue();
    queues.leave(first);
    queues.leave(second);
  }

  @Test
  void aWaitThatAsksForMoreThanItsAttemptSleepsWhileThereIsEnough() {
    wireAllBut(0);
    queues.waitMargin(1);
    SilentRequest waiter = waiting(pages(1));
    queues.release(0, R + 1);
    assertThat(waiter.wakeUps).as("the mutant").isZero();
    queues.release(R + 1, 1);
    assertThat(waiter.wakeUps).isEqualTo(1);
    queues.waitMargin(0);
    assertThat(queues.takeFree(waiter, 1)).isNotNegative();
  }

  @Test
  void whereNoReserveIsKeptNobodyHasOne() {
    queues.keepNoReserve();
    queues.reserve(4);
    assertThat(queues.count(PageState.FREE)).isEqualTo(PAGES);
  }

  @Test
  void aWakeUpForABlockIsPassedOnAndIsNoProgress() {
    wireAllBut(0);
    SilentRequest first = waiting(block(3, 1));
    SilentRequest second = waiting(block(3, 1));
    queues.blockFreed(3, 1);
    assertThat(first.wakeUps).isEqualTo(1);
    long progress = queues.progress();
    queues.leave(first);
    queues.passWakeUpOn(3, 1);
    assertThat(second.wakeUps).isEqualTo(1);
    assertThat(queues.progress()).isEqualTo(progress);
    queues.leave(second);
  }

  @Test
  void aBlockInAWindowWakesWhomTheWindowLets() {
    wireAllBut(0);
    SilentRequest owner = waiting(pages(2));
    SilentRequest behind = waiting(block(3, 1));
    assertThat(queues.openWindow(owner, 0, 2)).isTrue();
    queues.blockFreed(3, 1, true);
    assertThat(behind.wakeUps).isZero();
    queues.blockFreed(3, 1, false);
    assertThat(behind.wakeUps).isEqualTo(1);
    queues.leave(owner);
    queues.leave(behind);
  }

  @Test
  void theReserveIsRefilledFromWhatComesBack() {
    wireAllBut(0);
    queues.release(0, 30);
    long run = queues.takeIdle(PAGES, true, 100);
    wireAllBut(0);
    queues.reserve(4);
    queues.returnIdle(PageQueues.firstOf(run), PageQueues.lengthOf(run));
    assertThat(queues.count(PageState.FREE)).isEqualTo(30 - TARGET - 4);
  }

  @Test
  void aHeldPageIsNotTakenFromItsHome() {
    int page = queues.takeAnyFree(1);
    queues.settle(page, home, 7);
    assertThat(queues.wireUnheld(page)).isFalse();
    queues.unhold(page);
    assertThat(queues.wireUnheld(page)).isTrue();
    queues.release(page, 1);
  }

  @Test
  void aPageIsTakenOfItsOwnHomeOnly() {
    int page = queues.takeAnyFree(1);
    cached(page);
    assertThat(queues.wireCache(page, new IdleHome())).isFalse();
    assertThat(queues.wireCache(page, home)).isTrue();
    assertThat(queues.wireCache(page, home)).isFalse();
    queues.release(page, 1);
  }

  @Test
  void thePhaseIsThatOfTheFirstPagesNumber() {
    PageQueues odd = new PageQueues(PAGES, 13, new Levels(I, R, MIN, TARGET));
    assertThat(odd.phase(1)).isZero();
    assertThat(odd.phase(8)).isEqualTo(5);
  }
}
