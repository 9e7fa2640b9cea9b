package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom a window would serve, who may use what is kept in it, and what becomes of it. */
class WindowsOfQueuesTest {
  private static final int PAGES = 32;
  private static final int R = 4;
  private static final int I = 2;
  private static final int BLOCK_CLASS = 3;
  private static final int OWNER = 9;
  private static final long PATIENCE = Clearing.PATIENCE_NANOS;
  private static final long BLOCK_PATIENCE = Clearing.BLOCK_PATIENCE_NANOS;

  private final PageQueues queues = new PageQueues(PAGES, 5, new Levels(I, R, R, R));

  private static SilentRequest run(int pages) {
    return new SilentRequest(pages, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
  }

  private static SilentRequest block() {
    return new SilentRequest(1, PageRequest.TO_RESERVE, BLOCK_CLASS, OWNER);
  }

  private static SilentRequest deeper(int pages) {
    return new SilentRequest(pages, PageRequest.TO_INTERRUPT_RESERVE, PageRequest.NO_CLASS, 0);
  }

  private SilentRequest waiting(SilentRequest request) {
    queues.enqueue(request);
    return request;
  }

  private void wireAll() {
    assertThat(queues.takeAnyFree(PAGES)).isZero();
  }

  @AfterEach
  void holdsItsInvariants() {
    queues.checkInvariants();
  }

  @Test
  void aWindowIsForTheFirstWhosePatienceIsOver() {
    wireAll();
    assertThat(queues.whoNeedsPages(PATIENCE)).isNull();
    SilentRequest first = waiting(run(3));
    SilentRequest second = waiting(run(2));
    first.since = 100;
    second.since = 50;
    assertThat(queues.whoNeedsPages(49 + PATIENCE)).isNull();
    assertThat(queues.whoNeedsPages(50 + PATIENCE)).isSameAs(second);
    assertThat(queues.whoNeedsPages(100 + PATIENCE)).isSameAs(first);
    first.stalled = true;
    assertThat(queues.whoNeedsPages(100 + PATIENCE)).isSameAs(second);
    second.stalled = true;
    assertThat(queues.whoNeedsPages(100 + PATIENCE)).isNull();
  }

  @Test
  void whomABlockWouldServeIsPatientForASecondAndComesAfterTheOthers() {
    wireAll();
    SilentRequest block = waiting(block());
    SilentRequest another = waiting(block());
    SilentRequest run = waiting(run(2));
    run.since = BLOCK_PATIENCE;
    assertThat(queues.whoNeedsPages(BLOCK_PATIENCE - 1)).isNull();
    assertThat(queues.whoNeedsPages(BLOCK_PATIENCE)).as("the first of them").isSameAs(block);
    assertThat(queues.whoNeedsPages(BLOCK_PATIENCE + PATIENCE)).isSameAs(run);
    block.stalled = true;
    assertThat(queues.whoNeedsPages(BLOCK_PATIENCE)).isSameAs(another);
  }

  @Test
  void whoIsAdmittedNeedsNoWindow() {
    wireAll();
    SilentRequest run = waiting(run(2));
    run.mayReclaim = true;
    PageHome home = new IdleHome();
    for (int page = 4; page < 6; page++) {
      queues.settle(page, home, page);
      queues.unhold(page);
      queues.cacheNow(page);
    }
    assertThat(run.signalled).isTrue();
    assertThat(queues.whoNeedsPages(PATIENCE)).isNull();
  }

  @Test
  void itIsSaidHowLongThePatienceOfTheFirstLasts() {
    assertThat(queues.patienceLeft(0)).isEqualTo(Long.MAX_VALUE);
    wireAll();
    SilentRequest block = waiting(block());
    block.since = 0;
    assertThat(queues.patienceLeft(BLOCK_PATIENCE / 4)).isEqualTo(BLOCK_PATIENCE * 3 / 4);
    SilentRequest run = waiting(run(1));
    run.since = BLOCK_PATIENCE / 4 + 5 * PATIENCE;
    assertThat(queues.patienceLeft(BLOCK_PATIENCE / 4)).isEqualTo(6 * PATIENCE);
    assertThat(queues.patienceLeft(2 * BLOCK_PATIENCE)).as("never at once").isEqualTo(PATIENCE);
  }

  @Test
  void whetherFreeLacksPagesIsAMatterOfTheFloor() {
    assertThat(queues.lacksNumber(run(PAGES - R))).isFalse();
    assertThat(queues.lacksNumber(run(PAGES - R + 1))).isTrue();
    assertThat(queues.lacksNumber(deeper(PAGES - I))).isFalse();
  }

  @Test
  void whatTheReservesLackIsOwedOutsideTheWindow() {
    assertThat(queues.owedToReserves(run(8), 0, 8)).isZero();
    assertThat(queues.takeAnyFree(PAGES - 10)).isZero(); // the last 10 are FREE
    assertThat(queues.owedToReserves(run(8), PAGES - 8, 8)).isEqualTo(R - 2);
    assertThat(queues.owedToReserves(deeper(8), PAGES - 8, 8)).isZero();
    assertThat(queues.owedToReserves(run(8), PAGES - 10, 10)).isEqualTo(R);
    assertThat(queues.owedToReserves(run(8), PAGES - 12, 8)).isZero();
  }

  @Test
  void aWindowIsOpenedForWhoStandsInLineOnly() {
    wireAll();
    SilentRequest run = run(4);
    assertThat(queues.openWindow(run, 8, 4)).isFalse();
    assertThat(queues.windowPages()).isZero();
    waiting(run);
    assertThat(queues.openWindow(run, 8, 4)).isTrue();
    assertThat(queues.windowFirstPage()).isEqualTo(8);
    assertThat(queues.windowPages()).isEqualTo(4);
    assertThat(queues.inWindow(7, 1)).isFalse();
    assertThat(queues.inWindow(7, 2)).isTrue();
    queues.leave(run);
    assertThat(queues.windowPages()).isZero();
    assertThat(queues.windowIsStale()).isTrue();
    queues.windowRestored();
    assertThat(queues.windowIsStale()).isFalse();
  }

  /** All pages are WIRED but those of a window of 8 for a run of 8 that is not complete yet. */
  private SilentRequest open(int kept) {
    wireAll();
    SilentRequest owner = waiting(run(8));
    owner.since = 0;
    assertThat(queues.openWindow(owner, 16, 8)).isTrue();
    queues.release(16, kept);
    assertThat(queues.count(PageState.FREE)).isEqualTo(kept);
    return owner;
  }

  @Test
  void newcomersFindNothingOfWhatIsKept() {
    open(7);
    assertThat(queues.takeFree(run(1), 1)).isEqualTo(PageQueues.NO_PAGE);
    SilentRequest small = waiting(run(1));
    assertThat(small.granted).as("behind the owner in line").isEqualTo(PageQueues.NO_PAGE);
    queues.release(0, 1);
    assertThat(queues.count(PageState.FREE)).isEqualTo(8);
    queues.leave(small);
  }

  @Test
  void whoIsNeverKeptWaitingFindsIt() {
    open(7);
    SilentRequest noWait = run(1);
    noWait.standsInLine = false;
    assertThat(queues.takeFree(noWait, 1)).isEqualTo(16);
    assertThat(queues.takeFree(deeper(1), 1)).as("a deeper floor").isEqualTo(17);
  }

  @Test
  void whoStandsBeforeTheOwnerFindsIt() {
    wireAll();
    SilentRequest before = waiting(run(2));
    SilentRequest owner = waiting(run(8));
    assertThat(queues.openWindow(owner, 16, 8)).isTrue();
    queues.release(16, R + 2);
    assertThat(before.wakeUps).isEqualTo(1);
    assertThat(queues.takeFree(before, 2)).isEqualTo(16);
    queues.leave(before);
    queues.leave(owner);
  }

  @Test
  void afterASecondWithoutPagesSmallerOnesFindIt() {
    SilentRequest owner = open(7);
    SilentRequest small = waiting(run(1));
    SilentRequest asLarge = waiting(run(8));
    assertThat(queues.takeFree(small, 1)).isEqualTo(PageQueues.NO_PAGE);
    queues.liftHold(queues.pagesCame());
    assertThat(queues.takeFree(small, 1)).as("when it tries again").isEqualTo(16);
    queues.leave(small);
    assertThat(queues.takeFree(asLarge, 1)).isEqualTo(PageQueues.NO_PAGE);
    queues.leave(asLarge);
    queues.leave(owner);
  }

  @Test
  void theOwnerIsGrantedItsRunAndTheWindowIsClosed() {
    SilentRequest owner = open(7);
    queues.release(0, R);
    assertThat(owner.wakeUps).isZero();
    queues.release(23, 1);
    assertThat(owner.wakeUps).isEqualTo(1);
    assertThat(queues.windowPages()).isZero();
    assertThat(queues.windowIsStale()).isTrue();
    assertThat(queues.takeFree(owner, 8)).isEqualTo(16);
    queues.leave(owner);
  }

  @Test
  void aCloseLetsEverybodyHaveWhatWasKept() {
    SilentRequest owner = open(7);
    SilentRequest small = waiting(run(1));
    queues.closeWindow();
    assertThat(queues.windowPages()).isZero();
    assertThat(queues.windowIsStale()).isTrue();
    assertThat(small.granted).as("still behind it in line").isEqualTo(PageQueues.NO_PAGE);
    queues.leave(owner);
    assertThat(small.wakeUps).isEqualTo(1);
    assertThat(queues.takeFree(small, 1)).isEqualTo(16);
    queues.leave(small);
    queues.closeWindow(); // none is open
  }

  @Test
  void aRunMayReachIntoTheWindowForWhoIsLet() {
    open(6);
    queues.release(12, 4);
    SilentRequest noWait = run(6);
    noWait.standsInLine = false;
    assertThat(queues.takeFree(noWait, 6)).as("4 before and 2 inside").isEqualTo(12);
    assertThat(queues.count(PageState.FREE)).isEqualTo(4);
    queues.release(12, 6);
    assertThat(queues.count(PageState.FREE)).isEqualTo(10);
    assertThat(queues.takeFree(run(4), 4)).as("not the ones inside").isEqualTo(-1);
  }

  @Test
  void pagesThatComeOnBothSidesAreDividedAtTheEdges() {
    open(0);
    queues.release(12, 16); // 16 to 23 are inside, and 8 is what the owner needs
    assertThat(queues.count(PageState.FREE)).isEqualTo(8);
    assertThat(queues.windowPages()).as("it was granted").isZero();
  }

  @Test
  void whichBlocksARequestMayUse() {
    int all = PageQueues.IN_WINDOW | PageQueues.OF_WAITERS | PageQueues.NOBODY_WAITS;
    assertThat(queues.mayUse(block())).as("nobody waits").isEqualTo(all);
    open(1);
    assertThat(queues.mayUse(block()))
        .as("nobody waits for such a block")
        .isEqualTo(PageQueues.OF_WAITERS | PageQueues.NOBODY_WAITS);
    SilentRequest first = waiting(block());
    assertThat(queues.mayUse(first)).isEqualTo(PageQueues.OF_WAITERS);
    assertThat(queues.mayUse(block())).isZero();
    SilentRequest noWait = block();
    noWait.standsInLine = false;
    assertThat(queues.mayUse(noWait)).isEqualTo(PageQueues.OF_WAITERS | PageQueues.IN_WINDOW);
    SilentRequest deep = new SilentRequest(1, PageRequest.TO_INTERRUPT_RESERVE, BLOCK_CLASS, OWNER);
    assertThat(queues.mayUse(deep)).isEqualTo(PageQueues.OF_WAITERS | PageQueues.IN_WINDOW);
  }
}
