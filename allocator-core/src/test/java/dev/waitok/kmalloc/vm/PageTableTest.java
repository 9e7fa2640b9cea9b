package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every move of a page, and what is counted by it. */
class PageTableTest {
  private static final int PAGES = 100;

  private final PressureGauge gauge = new PressureGauge(new Levels(2, 4, 6, 8));
  private final PageTable table = new PageTable(PAGES, gauge);

  private final IdleHome home = new IdleHome();

  @AfterEach
  void holdsItsInvariants() {
    table.checkInvariants();
  }

  private int[] counts(int free, int cache, int inactive, int active, int hold, int wired) {
    return new int[] {free, cache, inactive, active, hold, wired};
  }

  /** A page with contents that one user has held and let go. */
  private void inactive(int page) {
    table.wireFree(page, 1);
    table.settle(page, home, 1000 + page);
    table.unhold(page);
  }

  @Test
  void beginsWithAllPagesFree() {
    assertThat(table.counts()).containsExactly(counts(PAGES, 0, 0, 0, 0, 0));
    assertThat(table.free.longest()).isEqualTo(PAGES);
    assertThat(table.reclaimable.longest()).isEqualTo(PAGES);
    assertThat(table.lowestFree()).isEqualTo(PAGES);
    assertThat(table.retainedPeak()).isZero();
    assertThat(table.idle.count()).as("nothing was used").isZero();
  }

  @Test
  void aRunLeavesFreeAndComesBack() {
    table.wireFree(10, 5);
    assertThat(table.counts()).containsExactly(counts(PAGES - 5, 0, 0, 0, 0, 5));
    assertThat(table.state(9)).isEqualTo(PageState.FREE);
    assertThat(table.state(10)).isEqualTo(PageState.WIRED);
    assertThat(table.state(14)).isEqualTo(PageState.WIRED);
    assertThat(table.state(15)).isEqualTo(PageState.FREE);
    assertThat(table.free.contains(12)).isFalse();
    assertThat(table.reclaimable.contains(12)).isFalse();
    table.release(10, 5);
    assertThat(table.counts()).containsExactly(counts(PAGES, 0, 0, 0, 0, 0));
    assertThat(table.reclaimable.longest()).isEqualTo(PAGES);
    assertThat(table.idle.count()).isEqualTo(5);
    table.wireFree(11, 1);
    assertThat(table.idle.count()).isEqualTo(4);
    table.release(11, 1);
  }

  @Test
  void knowsTheFewestFreeAndTheMostRetained() {
    table.wireFree(0, 30);
    table.release(0, 30);
    assertThat(table.lowestFree()).isEqualTo(PAGES - 30);
    assertThat(table.retainedPeak()).isEqualTo(30);
    table.wireFree(0, 10);
    assertThat(table.lowestFree()).isEqualTo(PAGES - 30);
    table.resetPeaks();
    assertThat(table.lowestFree()).isEqualTo(PAGES - 10);
    assertThat(table.retainedPeak()).isEqualTo(10);
  }

  @Test
  void cachePagesAreNotRetained() {
    for (int page = 0; page < 6; page++) {
      inactive(page);
    }
    assertThat(table.retainedPeak()).isEqualTo(6);
    table.toCache(0);
    table.toCache(1);
    table.resetPeaks();
    assertThat(table.retainedPeak()).isEqualTo(4);
    assertThat(table.lowestFree()).isEqualTo(PAGES - 6);
    table.hold(0);
    assertThat(table.retainedPeak()).as("held again").isEqualTo(5);
    table.wireFromQueue(1);
    assertThat(table.retainedPeak()).as("taken").isEqualTo(6);
    table.unhold(0);
  }

  @Test
  void tellsTheGaugeHowManyPagesCouldBeHad() {
    table.wireFree(0, PAGES - 7);
    assertThat(gauge.level()).isEqualTo(PressureGauge.TARGET);
    table.wireFree(PAGES - 7, 2);
    assertThat(gauge.level()).isEqualTo(PressureGauge.MIN);
    table.settle(0, home, 0);
    table.unhold(0);
    table.settle(1, home, 1);
    table.unhold(1);
    assertThat(gauge.level()).isEqualTo(PressureGauge.MIN);
    table.toCache(0);
    table.toCache(1);
    assertThat(gauge.level()).as("7 pages: 5 FREE, 2 CACHE").isEqualTo(PressureGauge.TARGET);
    table.wireFromQueue(0);
    table.hold(1);
    assertThat(gauge.level()).isEqualTo(PressureGauge.MIN);
    table.holdToLaunder(1);
    assertThat(table.unholdLaundered(1, true)).isFalse();
    assertThat(table.unholdLaundered(1, true)).isTrue();
    table.release(0, 3 - 2);
    assertThat(gauge.level()).isEqualTo(PressureGauge.TARGET);
    table.release(2, 10);
    assertThat(gauge.level()).isEqualTo(PressureGauge.NONE);
    assertThat(table.state(1)).isEqualTo(PageState.CACHE);
  }

  @Test
  void tellsTheGaugeOfAPageThatIsLaundered() {
    table.wireFree(0, PAGES - 5);
    table.settle(0, home, 0);
    table.markDirty(0);
    assertThat(gauge.level()).isEqualTo(PressureGauge.MIN);
    table.holdToLaunder(0);
    table.unhold(0);
    assertThat(table.unholdLaundered(0, true)).isTrue();
    assertThat(gauge.level()).as("5 FREE, 1 CACHE").isEqualTo(PressureGauge.TARGET);
  }

  @Test
  void isHeldBySoManyAndThenInactiveThenActive() {
    table.wireFree(3, 1);
    table.settle(3, home, 42);
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 0, 0, 1, 0));
    assertThat(table.home(3)).isSameAs(home);
    assertThat(table.index(3)).isEqualTo(42);
    assertThat(table.isHeld(3)).isTrue();
    table.hold(3);
    table.unhold(3);
    assertThat(table.isHeld(3)).isTrue();
    assertThat(table.state(3)).isEqualTo(PageState.HOLD);
    table.unhold(3);
    assertThat(table.isHeld(3)).isFalse();
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 1, 0, 0, 0));
    table.hold(3);
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 0, 0, 1, 0));
    table.unhold(3);
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 0, 1, 0, 0));
    table.deactivate(3);
    assertThat(table.state(3)).isEqualTo(PageState.INACTIVE);
    table.hold(3);
    table.unhold(3);
    assertThat(table.state(3)).as("used once since it was aged").isEqualTo(PageState.INACTIVE);
    table.hold(3);
    table.unhold(3);
    assertThat(table.state(3)).isEqualTo(PageState.ACTIVE);
    table.toCache(3);
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 1, 0, 0, 0, 0));
    assertThat(table.cache.head()).isEqualTo(3);
    assertThat(table.reclaimable.contains(3)).isTrue();
    assertThat(table.free.contains(3)).isFalse();
    table.wireFromQueue(3);
    assertThat(table.home(3)).isNull();
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 0, 0, 0, 1));
    table.settle(3, home, 1);
    table.unhold(3);
    assertThat(table.state(3)).as("a new life begins unused").isEqualTo(PageState.INACTIVE);
  }

  @Test
  void aFreePageIsOnNoQueue() {
    assertThatThrownBy(() -> table.toCache(5)).hasMessage("page 5 is FREE");
  }

  @Test
  void aDirtyPageIsPassedOverOnceAndIsCleanWhileItIsLaundered() {
    inactive(0);
    inactive(1);
    table.hold(0);
    table.markDirty(0);
    table.unhold(0);
    table.deactivate(0);
    assertThat(table.isDirty(0)).isTrue();
    assertThat(table.inactive.head()).isEqualTo(1);
    table.hold(1);
    table.markDirty(1);
    table.unhold(1);
    table.deactivate(1);
    assertThat(table.inactive.head()).isZero();
    assertThat(table.passOverDirty(0)).as("the first time").isTrue();
    assertThat(table.inactive.head()).isEqualTo(1);
    assertThat(table.passOverDirty(1)).isTrue();
    assertThat(table.passOverDirty(0)).as("met before").isFalse();
    table.holdToLaunder(0);
    assertThat(table.isDirty(0)).isFalse();
    assertThat(table.unholdLaundered(0, true)).isTrue();
    assertThat(table.counts()).containsExactly(counts(PAGES - 2, 1, 1, 0, 0, 0));
    table.hold(0);
    table.markDirty(0);
    table.unhold(0);
    table.deactivate(0);
    assertThat(table.passOverDirty(0)).as("dirty anew, met for the first time").isTrue();
    table.holdToLaunder(0);
    table.markDirty(0);
    assertThat(table.unholdLaundered(0, true)).as("changed meanwhile").isFalse();
    assertThat(table.state(0)).isEqualTo(PageState.INACTIVE);
    table.holdToLaunder(0);
    assertThat(table.unholdLaundered(0, false)).as("not asked for").isFalse();
    assertThat(table.state(0)).isEqualTo(PageState.INACTIVE);
    table.holdToLaunder(0);
    table.hold(0);
    assertThat(table.unholdLaundered(0, true)).as("somebody else holds it").isFalse();
    assertThat(table.state(0)).isEqualTo(PageState.HOLD);
    table.unhold(0);
  }

  @Test
  void aPageThatWasDirtyBeginsClean() {
    inactive(0);
    table.hold(0);
    table.markDirty(0);
    table.unhold(0);
    table.deactivate(0);
    assertThat(table.passOverDirty(0)).isTrue();
    table.wireFromQueue(0);
    table.settle(0, home, 1);
    assertThat(table.isDirty(0)).isFalse();
    table.markDirty(0);
    table.unhold(0);
    assertThat(table.passOverDirty(0)).as("a new life, met for the first time").isTrue();
  }

  @Test
  void pagesAwayAreFreeInAllFigures() {
    table.wireFree(0, 20);
    table.release(0, 20);
    table.sendAway(0, 8);
    assertThat(table.away()).isEqualTo(8);
    assertThat(table.count(PageState.FREE)).isEqualTo(PAGES - 8);
    assertThat(table.counts()).containsExactly(counts(PAGES, 0, 0, 0, 0, 0));
    assertThat(table.idle.count()).isEqualTo(12);
    table.resetPeaks();
    assertThat(table.lowestFree()).isEqualTo(PAGES);
    assertThat(table.retainedPeak()).isZero();
    table.wireFree(30, 1);
    assertThat(table.lowestFree()).isEqualTo(PAGES - 1);
    assertThat(table.retainedPeak()).isEqualTo(1);
    table.comeBack(0, 8);
    assertThat(table.away()).isZero();
    assertThat(table.idle.count()).as("no memory behind them").isEqualTo(12);
    assertThat(table.counts()).containsExactly(counts(PAGES - 1, 0, 0, 0, 0, 1));
  }

  @Test
  void theReserveIsOutsideFreeAndRefilledFromIt() {
    table.reserve(6);
    assertThat(table.reserveTarget()).isEqualTo(6);
    assertThat(table.counts()).containsExactly(counts(PAGES - 6, 0, 0, 0, 0, 6));
    int run = table.takeReserve(4);
    assertThat(run).isNotNegative();
    assertThat(table.takeReserve(3)).as("two are left").isEqualTo(-1);
    table.refillReserve();
    assertThat(table.counts()).containsExactly(counts(PAGES - 10, 0, 0, 0, 0, 10));
    assertThat(table.takeReserve(6)).as("a run of its own again").isNotEqualTo(run);
    table.refillReserve();
    table.reserve(-6);
    assertThat(table.reserveTarget()).isZero();
    assertThat(table.takeReserve(1)).isEqualTo(-1);
    assertThat(table.counts()).containsExactly(counts(PAGES - 10, 0, 0, 0, 0, 10));
  }

  @Test
  void theReserveTakesShortRunsWhereThereAreNoLongOnes() {
    table.wireFree(0, PAGES);
    table.reserve(3);
    for (int page = 0; page < 8; page += 2) {
      table.release(page, 1);
    }
    table.refillReserve();
    assertThat(table.count(PageState.FREE)).isEqualTo(1);
    assertThat(table.takeReserve(2)).as("no two in a row").isEqualTo(-1);
    assertThat(table.takeReserve(1)).isNotNegative();
    table.refillReserve();
  }
}
