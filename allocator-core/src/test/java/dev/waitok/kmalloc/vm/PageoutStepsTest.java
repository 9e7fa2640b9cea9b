package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one pass does, when there is one, and who takes over; step by step. */
class PageoutStepsTest {
  private static final int PAGES = 64;
  private static final int MIN = 6;
  private static final int TARGET = 8;
  private static final long SECOND = 1_000_000_000L;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(1, 2, MIN, TARGET));
  private final ScriptedContext context = new ScriptedContext();
  private final Callers callers = new Callers(context);
  private final Reclaimers reclaimers = new Reclaimers(queues, callers);
  private int calledIn;
  private final Pageout pageout =
      new Pageout(queues, callers, () -> calledIn++, new NoTenants(), reclaimers);
  private final List<Integer> laundered = new ArrayList<>();
  private final Home home = new Home();

  private final class Home implements PageHome {
    private boolean launders;
    private boolean busy;

    @Override
    public boolean tryLock() {
      return !busy;
    }

    @Override
    public void unlock() {}

    @Override
    public boolean launder(int page) {
      laundered.add(page);
      if (launders) {
        queues.beginLaundering(page);
      }
      return launders;
    }

    @Override
    public void forget(int index, int page) {}
  }

  private void wireAllBut(int free) {
    while (queues.count(PageState.FREE) > free) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  private void inactive(int from, int n, boolean dirty) {
    for (int page = from; page < from + n; page++) {
      queues.settle(page, home, page);
      if (dirty) {
        queues.markDirty(page);
      }
      queues.unhold(page);
    }
  }

  private void active(int from, int n) {
    inactive(from, n, false);
    for (int page = from; page < from + n; page++) {
      queues.hold(page);
      queues.unhold(page);
    }
  }

  /** The pageout thread sleeps before each of these steps; then it ends. */
  private void serve(Runnable... steps) {
    pageout.start();
    List.of(steps).forEach(context::then);
    context.then(
        () -> {
          context.then(() -> context.run("kmalloc-emergency"));
          context.end(pageout::close);
        });
    context.run("kmalloc-pageout");
  }

  @AfterEach
  void holdsItsInvariants() {
    assertThat(context.isOver()).isTrue();
    queues.checkInvariants();
  }

  @Test
  void freeIsFilledToItsTargetAndCacheToTwiceThat() {
    wireAllBut(0);
    inactive(0, 40, false);
    pageout.wake();
    assertThat(pageout.isUnderWay()).isTrue();
    serve(
        () -> {
          assertThat(calledIn).isEqualTo(1);
          assertThat(pageout.isUnderWay()).isFalse();
          assertThat(queues.count(PageState.FREE)).isEqualTo(TARGET);
          assertThat(queues.count(PageState.CACHE)).isEqualTo(2 * TARGET);
          assertThat(queues.count(PageState.INACTIVE)).isEqualTo(40 - 3 * TARGET);
        });
    assertThat(context.sleeps.getFirst()).isEqualTo(SECOND);
  }

  @Test
  void whatIsInUseIsAgedWhereNothingElseIsLeft() {
    wireAllBut(0);
    active(0, 30);
    pageout.wake();
    serve(() -> {});
    assertThat(queues.count(PageState.FREE)).isEqualTo(TARGET);
    assertThat(queues.count(PageState.CACHE)).isEqualTo(2 * TARGET);
  }

  @Test
  void noPassIsMadeUnlessItIsAskedForOrFreeIsBelowMin() {
    wireAllBut(MIN);
    inactive(0, 40, false);
    serve(
        () -> context.tick(),
        () -> {
          assertThat(calledIn).isZero();
          wireAllBut(MIN - 1);
          context.tick();
        },
        () -> assertThat(calledIn).isEqualTo(1));
    assertThat(queues.count(PageState.FREE)).isEqualTo(TARGET);
  }

  @Test
  void aWaiterIsReasonEnough() {
    wireAllBut(TARGET);
    SilentRequest waiter = new SilentRequest(20, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    inactive(0, 30, false);
    serve(() -> context.tick(), () -> {});
    assertThat(calledIn).isEqualTo(1);
    assertThat(waiter.wakeUps).as("FREE was filled for it").isEqualTo(1);
    assertThat(queues.takeFree(waiter, 20)).isNotNegative();
    queues.leave(waiter);
  }

  @Test
  void dirtyPagesAreWrittenOut() {
    wireAllBut(0);
    inactive(0, 4, true);
    home.launders = true;
    pageout.wake();
    serve(() -> {});
    assertThat(laundered).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(queues.count(PageState.FREE)).isZero();
  }

  @Test
  void objectsThatAreBusyArePassedByAndTheNextIsTaken() {
    wireAllBut(0);
    inactive(0, 2, true);
    inactive(10, TARGET, false);
    pageout.wake();
    serve(() -> {});
    assertThat(queues.count(PageState.FREE)).isEqualTo(TARGET);
  }

  @Test
  void whoGivesMemoryBackIsAskedWhereItIsNotEnough() {
    wireAllBut(TARGET - 1);
    int[] asked = new int[1];
    Runnable _ =
        reclaimers.add(
            "test",
            1,
            0,
            pages -> {
              asked[0] = pages;
              return 0;
            });
    pageout.wake();
    serve(() -> {});
    context.then(() -> context.end(reclaimers::close));
    context.run("kmalloc-reclaim-0");
    assertThat(asked[0]).isEqualTo(1);
  }

  @Test
  void heldStillItMakesNoPassAndResumedItMakesOne() {
    wireAllBut(0);
    inactive(0, 40, false);
    pageout.hold();
    pageout.wake();
    serve(
        () -> {
          assertThat(calledIn).isZero();
          pageout.resume();
        },
        () -> assertThat(calledIn).isEqualTo(1));
  }

  @Test
  void aPassThatFailsEndsNothing() {
    wireAllBut(0);
    inactive(0, 40, false);
    pageout.obstruct(
        () -> {
          throw new OutOfMemoryError("for the test");
        });
    pageout.wake();
    serve(
        () -> {
          assertThat(calledIn).isZero();
          assertThat(pageout.isUnderWay()).isFalse();
          pageout.obstruct(null);
          pageout.wake();
        },
        () -> assertThat(calledIn).isEqualTo(1));
  }

  @Test
  void theEmergencyThreadTakesOverAPassThatIsStuck() {
    wireAllBut(0);
    inactive(0, 2, true);
    inactive(10, 40, false);
    home.launders = true;
    List<Integer> free = new ArrayList<>();
    pageout.obstruct(
        () -> {
          pageout.obstruct(null);
          // Now the pageout thread is stuck, and the emergency thread looks once a second.
          context.then(
              () -> {
                free.add(queues.count(PageState.FREE));
                context.now += 2 * SECOND - 1;
              });
          context.then(
              () -> {
                free.add(queues.count(PageState.FREE));
                context.now += SECOND;
              });
          context.then(
              () -> {
                free.add(queues.count(PageState.FREE));
                wireAllBut(0);
                pageout.wake();
              });
          context.then(
              () -> {
                free.add(queues.count(PageState.FREE));
                throw new IllegalStateException("enough");
              });
          assertThatThrownBy(() -> context.run("kmalloc-emergency")).hasMessage("enough");
          context.then(() -> context.end(pageout::close));
        });
    pageout.wake();
    pageout.start();
    context.run("kmalloc-pageout");
    assertThat(free).containsExactly(0, 0, TARGET, TARGET);
    assertThat(laundered).as("what writes may be stuck too").isEmpty();
  }

  @Test
  void whoEndsItReturnsWhenItIsGone() {
    pageout.start();
    context.then(() -> context.run("kmalloc-emergency"));
    context.then(() -> context.run("kmalloc-pageout"));
    pageout.close(context.caller());
    assertThat(calledIn).isZero();
  }
}
