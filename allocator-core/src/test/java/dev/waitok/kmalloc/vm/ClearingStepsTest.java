package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a window, look by look, with a clock that the test moves. */
class ClearingStepsTest {
  private static final int PAGES = 32;
  private static final int R = 4;
  private static final long PATIENCE = Clearing.PATIENCE_NANOS;
  private static final long LOOK = 100_000_000L;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(2, R, R, R));
  private final ScriptedContext context = new ScriptedContext();
  private final List<String> asked = new ArrayList<>();
  private final int[] live = new int[PAGES];
  private final Clearing clearing =
      new Clearing(queues, new CacheReclaim(queues), new Blocks(), new Callers(context));
  private final List<Integer> laundered = new ArrayList<>();

  private final class Blocks implements Tenants {
    @Override
    public int livePerPage(int page) {
      return live[page];
    }

    @Override
    public void withdraw(int from, int n) {
      asked.add("withdraw " + from + "+" + n);
    }

    @Override
    public void restore() {
      asked.add("restore");
    }
  }

  private final class Home implements PageHome {
    @Override
    public boolean tryLock() {
      return true;
    }

    @Override
    public void unlock() {}

    @Override
    public boolean launder(int page) {
      laundered.add(page);
      return true;
    }

    @Override
    public void forget(int index, int page) {}
  }

  /** All pages are of runs, and a waiter for 4 in a row at a multiple of 4 is out of patience. */
  private SilentRequest waiting() {
    Arrays.fill(live, Tenants.NO_BLOCKS);
    assertThat(queues.takeAnyFree(PAGES)).isZero();
    SilentRequest owner = new SilentRequest(4, PageRequest.TO_LAST_PAGE, PageRequest.NO_CLASS, 0);
    queues.enqueue(owner);
    owner.since = context.now;
    assertThat(clearing.nanosToNextLook()).isEqualTo(PATIENCE);
    context.now += PATIENCE;
    return owner;
  }

  private void cheap(int from, int n, int blocks) {
    Arrays.fill(live, from, from + n, blocks);
  }

  private void looks(String... answers) {
    asked.clear();
    clearing.look(true);
    assertThat(asked).containsExactly(answers);
  }

  @AfterEach
  void holdsItsInvariants() {
    queues.checkInvariants();
  }

  @Test
  void nothingIsDoneWhereNobodyWaits() {
    assertThat(clearing.isUnderWay()).isFalse();
    assertThat(clearing.nanosToNextLook()).isEqualTo(Long.MAX_VALUE);
    looks();
  }

  @Test
  void theCheapestWindowIsOpenedAndPressedUntilItsRunIsThere() {
    SilentRequest owner = waiting();
    cheap(12, 4, 3);
    looks("withdraw 12+4");
    assertThat(clearing.isUnderWay()).isTrue();
    assertThat(clearing.nanosToNextLook()).isEqualTo(LOOK);
    looks("withdraw 12+4");
    queues.release(12, 4);
    assertThat(owner.wakeUps).isEqualTo(1);
    assertThat(clearing.isUnderWay()).as("stale").isTrue();
    looks("restore");
    assertThat(clearing.isUnderWay()).isFalse();
    assertThat(queues.takeFree(owner, 4)).isEqualTo(12);
  }

  @Test
  void nobodyIsLookedForTwiceWithinTheirPatience() {
    assertThat(queues.takeAnyFree(PAGES)).isZero();
    Arrays.fill(live, Tenants.NO_BLOCKS);
    looks();
    SilentRequest owner = new SilentRequest(4, PageRequest.TO_LAST_PAGE, PageRequest.NO_CLASS, 0);
    queues.enqueue(owner);
    owner.since = context.now - PATIENCE;
    context.now += PATIENCE - 1;
    looks();
    context.now++;
    looks("withdraw 0+4");
    queues.leave(owner);
    looks("restore");
  }

  @Test
  void aWindowInWhichNothingGoesIsGivenUpForAnotherPlace() {
    SilentRequest owner = waiting();
    cheap(12, 4, 3);
    cheap(20, 4, 5);
    looks("withdraw 12+4");
    looks("withdraw 12+4"); // the cost is known from here on
    context.now += Clearing.STUCK_NANOS - 1;
    looks("withdraw 12+4");
    context.now++;
    looks("restore", "withdraw 20+4");
    queues.leave(owner);
    looks("restore");
  }

  @Test
  void whatGoesIsProgress() {
    SilentRequest owner = waiting();
    cheap(12, 4, 3);
    looks("withdraw 12+4");
    looks("withdraw 12+4");
    context.now += Clearing.STUCK_NANOS - 1;
    cheap(12, 1, 2);
    looks("withdraw 12+4");
    context.now++;
    looks("withdraw 12+4");
    queues.leave(owner);
    looks("restore");
  }

  @Test
  void anotherOwnerForgivesThePlacesThatWereStruck() {
    SilentRequest owner = waiting();
    cheap(12, 4, 3);
    looks("withdraw 12+4");
    context.now += Clearing.STUCK_NANOS;
    looks("withdraw 12+4");
    context.now += Clearing.STUCK_NANOS;
    looks("restore", "withdraw 0+4");
    queues.leave(owner);
    looks("restore");
    SilentRequest next = new SilentRequest(4, PageRequest.TO_LAST_PAGE, PageRequest.NO_CLASS, 0);
    queues.enqueue(next);
    next.since = context.now;
    context.now += 10 * PATIENCE;
    looks("withdraw 12+4");
    queues.leave(next);
    looks("restore");
  }

  @Test
  void contentsAreReclaimedAndDirtyOnesWrittenOut() {
    SilentRequest owner = waiting();
    Home home = new Home();
    for (int page = 8; page < 12; page++) {
      queues.settle(page, home, page);
    }
    queues.unhold(8); // INACTIVE
    queues.unhold(9);
    queues.hold(9);
    queues.unhold(9); // ACTIVE
    queues.markDirty(10);
    queues.unhold(10); // INACTIVE, dirty
    queues.unhold(11);
    queues.cacheNow(11);
    looks("withdraw 8+4");
    assertThat(laundered).containsExactly(10);
    assertThat(queues.counts()[PageState.FREE]).isEqualTo(3);
    assertThat(owner.wakeUps).isZero();
    clearing.look(false);
    assertThat(laundered).as("without writing").containsExactly(10);
    queues.leave(owner);
    looks("restore");
  }

  @Test
  void aWindowIsLongerByWhatTheReservesLack() {
    Arrays.fill(live, Tenants.NO_BLOCKS);
    assertThat(queues.takeAnyFree(PAGES)).isZero();
    SilentRequest owner = new SilentRequest(4, PageRequest.TO_RESERVE, PageRequest.NO_CLASS, 0);
    queues.enqueue(owner);
    owner.since = context.now;
    context.now += PATIENCE;
    cheap(12, 4, 1);
    looks("withdraw 8+8");
    queues.release(12, 4);
    assertThat(owner.wakeUps).as("a run, but all of it is owed").isZero();
    looks("withdraw 8+8");
    queues.release(8, 4);
    assertThat(owner.wakeUps).isEqualTo(1);
    assertThat(queues.takeFree(owner, 4)).isEqualTo(8);
    looks("restore");
  }
}
