package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each turn of the life of a request, with a caller whose sleeps and switches are a script. */
class PageSupplyTest {
  private static final int PAGES = 16;
  private static final int R = 2;
  private static final int MIN = 4;
  private static final long SECOND = 1_000_000_000L;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(1, R, MIN, 6));
  private final ScriptedContext context = new ScriptedContext();
  private final Callers callers = new Callers(context);
  private final Pageout pageout =
      new Pageout(queues, callers, () -> {}, new NoTenants(), new Reclaimers(queues, callers));
  private final PageSupply supply = new PageSupply(queues, pageout, callers, true);
  private final List<String> decisions = new ArrayList<>();
  private int calledIn;

  private final class Ask extends PageRequest {
    Ask(int pages, boolean waits) {
      super(pages, 1, TO_RESERVE, waits, NO_CLASS, 0);
    }

    @Override
    protected long attempt(Caller caller) {
      return supply.take(this, caller);
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {
      decisions.add(outcome + (preempting ? " preempting" : ""));
    }

    @Override
    protected void callIn() {
      calledIn++;
    }
  }

  private Ask waiting(int pages) {
    return new Ask(pages, true);
  }

  private void wireAllBut(int free) {
    while (queues.count(PageState.FREE) > free) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  @AfterEach
  void holdsItsInvariants() {
    assertThat(context.isOver()).as("the script").isTrue();
    queues.checkInvariants();
  }

  @Test
  void whatIsThereIsTakenAndNobodyElseIsDisturbed() {
    assertThat(supply.obtain(new Ask(2, false))).isZero();
    assertThat(decisions).containsExactly("FREE");
    assertThat(pageout.isUnderWay()).isFalse();
    assertThat(calledIn).isZero();
  }

  @Test
  void pageoutIsAskedForOnceFreeIsBelowMin() {
    wireAllBut(MIN + 1);
    assertThat(supply.obtain(waiting(1))).isNotNegative();
    assertThat(pageout.isUnderWay()).isFalse();
    assertThat(supply.obtain(waiting(1))).isNotNegative();
    assertThat(pageout.isUnderWay()).isTrue();
  }

  @Test
  void whoDoesNotWaitIsRefusedAndCounted() {
    wireAllBut(R);
    assertThat(supply.obtain(new Ask(1, false))).isEqualTo(PageRequest.NONE);
    assertThat(decisions).containsExactly("NULL");
    assertThat(queues.refusals().sum()).isEqualTo(1);
    assertThat(pageout.isUnderWay()).isTrue();
  }

  @Test
  void whoTakesFromCacheAsksForMore() {
    wireAllBut(R);
    queues.settle(0, new IdleHome(), 0);
    queues.unhold(0);
    queues.cacheNow(0);
    assertThat(supply.obtain(new Ask(1, false))).as("not without wait").isEqualTo(-1);
    PageSupplyTest fresh = new PageSupplyTest();
    fresh.wireAllBut(R);
    fresh.queues.settle(0, new IdleHome(), 0);
    fresh.queues.unhold(0);
    fresh.queues.cacheNow(0);
    assertThat(fresh.supply.obtain(fresh.waiting(1))).isZero();
    assertThat(fresh.decisions).containsExactly("CACHE");
    assertThat(fresh.pageout.isUnderWay()).isTrue();
  }

  @Test
  void whoPreemptsSwitchesAwayAndWaitsThen() {
    wireAllBut(0);
    context.preempting = true;
    context.then(() -> queues.release(5, 1));
    Ask ask = waiting(1);
    assertThat(supply.obtain(ask)).as("below its own floor").isEqualTo(5);
    assertThat(context.switches).isEqualTo(1);
    assertThat(decisions).containsExactly("SWITCH preempting", "WAIT", "FREE");
    assertThat(calledIn).isEqualTo(1);
    assertThat(ask.switched).isTrue();
    assertThat(ask.switchedAt).isEqualTo(1_000_000);
    assertThat(context.sleeps).containsExactly(SECOND);
  }

  @Test
  void whoPreemptsTakesTheLastPageWithoutASwitch() {
    wireAllBut(1);
    context.preempting = true;
    assertThat(supply.obtain(waiting(1))).isNotNegative();
    assertThat(context.switches).isZero();
    assertThat(decisions).containsExactly("FREE preempting");
  }

  @Test
  void whoIsPinnedForTenSecondsIsToldSo() {
    wireAllBut(0);
    context.preempting = true;
    context.canSwitch = false;
    Ask ask = waiting(1);
    assertThat(supply.obtain(ask)).isEqualTo(PageSupply.PINNED);
    assertThat(ask.switchedAt).as("the first try").isEqualTo(1_000_000);
    assertThat(decisions)
        .as("one switch, however often it is tried")
        .containsExactly("SWITCH preempting");
    assertThat(context.switches).isEqualTo(12);
  }

  @Test
  void aSwitchAfterWhichTheCallerStillPreemptsIsAnError() {
    wireAllBut(0);
    context.preempting = true;
    context.preemptsAfterSwitch = true;
    assertThatThrownBy(() -> supply.obtain(waiting(1))).isInstanceOf(AssertionError.class);
  }

  @Test
  void aWaitEndsWhenItsTimeIsOverAndNotBefore() {
    wireAllBut(0);
    Ask ask = waiting(1);
    supply.bound(ask, 5 * SECOND / 2, false);
    for (int i = 0; i < 3; i++) {
      context.thenTimePasses();
    }
    assertThat(supply.obtain(ask)).isEqualTo(PageRequest.TIMED_OUT);
    assertThat(context.sleeps).containsExactly(SECOND, SECOND, SECOND / 2);
    assertThat(queues.anyWaiting()).isFalse();
  }

  @Test
  void aWaitWithoutTimeTakesWhatThereIs() {
    wireAllBut(0);
    Ask ask = waiting(1);
    supply.bound(ask, 0, false);
    assertThat(supply.obtain(ask)).isEqualTo(PageRequest.TIMED_OUT);
    assertThat(calledIn).isEqualTo(1);
    assertThat(context.sleeps).isEmpty();
  }

  @Test
  void anInterruptEndsAWaitThatMinds() {
    wireAllBut(0);
    Ask ask = waiting(1);
    supply.bound(ask, Long.MAX_VALUE, true);
    context.interrupted = true;
    context.then(() -> {});
    assertThat(supply.obtain(ask)).isEqualTo(PageRequest.INTERRUPTED);
    Ask other = waiting(1);
    context.then(() -> {});
    context.then(() -> queues.release(0, R + 1));
    assertThat(supply.obtain(other)).isZero();
  }

  @Test
  void whoWasChosenToGiveUpDoes() {
    wireAllBut(0);
    Ask ask = waiting(1);
    context.then(() -> ask.stalled = true);
    assertThat(supply.obtain(ask)).isEqualTo(PageRequest.STALLED);
  }

  @Test
  void afterASecondWithoutPagesSmallerOnesPass() {
    wireAllBut(0);
    SilentRequest large = new SilentRequest(8, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
    queues.enqueue(large);
    Ask small = waiting(1);
    context.then(() -> queues.release(0, R + 2)); // it is woken for nothing: it stands behind
    context.thenTimePasses();
    assertThat(supply.obtain(small)).isNotNegative();
    queues.leave(large);
  }

  @Test
  void aWaitThatIsCutShortLiftsNothing() {
    wireAllBut(0);
    SilentRequest large = new SilentRequest(8, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
    queues.enqueue(large);
    Ask small = waiting(1);
    context.then(() -> queues.release(0, R + 2));
    context.then(() -> context.now += SECOND - 1);
    context.then(supply::close);
    assertThat(supply.obtain(small)).isEqualTo(PageRequest.CLOSED);
    queues.leave(large);
  }

  @Test
  void whoeverStandsInLineIsReported() {
    wireAllBut(0);
    int[] told = new int[1];
    supply.whenInLine(() -> told[0]++);
    context.then(() -> queues.release(0, R + 1));
    assertThat(supply.obtain(waiting(1))).isZero();
    assertThat(told[0]).isEqualTo(1);
  }

  @Test
  void aFaultIsForThoseWhoGetNothingWithoutWaiting() {
    supply.fail(() -> true);
    assertThat(supply.obtain(new Ask(1, false))).isEqualTo(PageRequest.NONE);
    assertThat(supply.obtain(waiting(1))).isZero();
    context.preempting = true;
    assertThat(supply.obtain(waiting(1))).isEqualTo(1);
    assertThat(decisions).containsExactly("NULL", "FREE", "SWITCH preempting", "FREE");
    supply.fail(() -> false);
    assertThat(supply.obtain(new Ask(1, false))).isEqualTo(2);
    supply.fail(null);
    assertThat(supply.obtain(new Ask(1, false))).isEqualTo(3);
  }

  @Test
  void whoLeavesWithItsWindowHasWhatWasWithdrawnRestored() {
    wireAllBut(0);
    Ask ask = waiting(2);
    supply.bound(ask, SECOND, false);
    context.then(
        () -> {
          assertThat(queues.openWindow(ask, 0, 2)).isTrue();
          context.now += SECOND;
          pageout.hold();
        });
    assertThat(supply.obtain(ask)).isEqualTo(PageRequest.TIMED_OUT);
    assertThat(queues.windowIsStale()).isTrue();
    assertThat(queues.windowPages()).isZero();
    assertThat(pageout.isUnderWay()).isTrue();
  }

  @Test
  void afterItsCloseEveryCallIsRefused() {
    assertThat(supply.isClosed()).isFalse();
    supply.close();
    assertThat(supply.isClosed()).isTrue();
    assertThat(supply.obtain(waiting(1))).isEqualTo(PageRequest.CLOSED);
    assertThat(supply.tryOnce(waiting(1), context.caller())).isEqualTo(PageRequest.CLOSED);
    assertThat(decisions).isEmpty();
  }

  @Test
  void oneAttemptSaysWhatBecameOfIt() {
    Ask ask = waiting(1);
    assertThat(supply.tryOnce(ask, context.caller())).isZero();
    assertThat(ask.standsInLine).isTrue();
    wireAllBut(R);
    assertThat(pageout.isUnderWay()).isFalse();
    assertThat(supply.tryOnce(waiting(1), context.caller())).isEqualTo(PageRequest.NONE);
    assertThat(pageout.isUnderWay()).isTrue();
    context.preempting = true;
    Ask urgent = waiting(1);
    assertThat(supply.tryOnce(urgent, context.caller())).isNotNegative();
    assertThat(urgent.standsInLine).isFalse();
    assertThat(decisions).containsExactly("FREE", "WAIT", "FREE preempting");
    context.preempting = false;
    Ask given = waiting(1);
    given.stalled = true;
    assertThat(supply.tryOnce(given, context.caller())).isEqualTo(PageRequest.STALLED);
    assertThat(decisions).hasSize(3);
  }

  @Test
  void itCouldServeWhatTheArenaHasAboveTheFloor() {
    assertThat(supply.couldServe(waiting(PAGES - R), false)).isTrue();
    assertThat(supply.couldServe(waiting(PAGES - R + 1), false)).isFalse();
    assertThat(supply.couldServe(waiting(PAGES), true)).isTrue();
  }

  @Test
  void whoNeverWakesIsNoticedByTheScript() {
    wireAllBut(0);
    assertThatThrownBy(() -> supply.obtain(waiting(1))).hasMessageContaining("nobody");
    assertThat(queues.anyWaiting()).as("out of the line, whatever happens").isFalse();
  }
}
