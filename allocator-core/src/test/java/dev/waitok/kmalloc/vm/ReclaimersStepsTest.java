package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.vm.Reclaimers.Figures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is asked to give memory back, when and how often; round by round. */
class ReclaimersStepsTest {
  private static final int PAGES = 32;
  private static final int TARGET = 8;
  private static final long MILLI = 1_000_000L;
  private static final String THREAD = "kmalloc-reclaim-0";

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, TARGET));
  private final ScriptedContext context = new ScriptedContext();
  private final Reclaimers reclaimers = new Reclaimers(queues, new Callers(context));
  private final List<String> asked = new ArrayList<>();

  private void wireAllBut(int free) {
    while (queues.count(PageState.FREE) > free) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  private Runnable add(String name, int cost, Reclaimers.Work work) {
    return reclaimers.add(
        name,
        cost,
        0,
        pages -> {
          asked.add(name + " " + pages);
          return work.reclaim(pages);
        });
  }

  private Figures figures(String name) {
    return reclaimers.figures().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void serve(String thread, Runnable... steps) {
    context.serve(thread, reclaimers::close, steps);
  }

  private void serve(Runnable... steps) {
    serve(THREAD, steps);
  }

  private int release(int page, int n) {
    queues.release(page, n);
    return n;
  }

  @AfterEach
  void allHasHappened() {
    assertThat(context.isOver()).isTrue();
    queues.checkInvariants();
  }

  @Test
  void theCheapestIsAskedFirstAndNobodyOnceThereIsEnough() {
    wireAllBut(TARGET - 4);
    Runnable _ = add("dear", 9, pages -> release(8, 2));
    Runnable _ = add("cheap", 1, pages -> release(0, 2));
    Runnable _ = add("as cheap", 1, pages -> release(4, 2));
    assertThat(reclaimers.figures())
        .extracting(Figures::name)
        .containsExactly("cheap", "as cheap", "dear");
    serve();
    assertThat(asked).containsExactly("cheap 4", "as cheap 2");
    assertThat(figures("cheap").pages()).isEqualTo(2);
    assertThat(figures("cheap").calls()).isEqualTo(1);
    assertThat(figures("dear").calls()).isZero();
    assertThat(figures("dear").cost()).isEqualTo(9);
  }

  @Test
  void theyAreAskedAgainAsLongAsThatBringsPages() {
    wireAllBut(TARGET - 3);
    int[] next = new int[1];
    Runnable _ = add("one by one", 1, pages -> release(next[0]++, 1));
    serve();
    assertThat(asked).containsExactly("one by one 3", "one by one 2", "one by one 1");
    assertThat(figures("one by one").pages()).isEqualTo(3);
  }

  @Test
  void whoBringsNothingRestsForAMoment() {
    wireAllBut(0);
    Runnable _ = add("empty", 1, pages -> 0);
    serve(
        () -> {
          assertThat(asked).hasSize(1);
          context.now += 5 * MILLI - 1;
          reclaimers.wake();
        },
        () -> {
          assertThat(asked).as("it rests").hasSize(1);
          context.now += 1;
          reclaimers.wake();
        });
    assertThat(asked).hasSize(2);
    assertThat(figures("empty").pages()).isZero();
    assertThat(reclaimers.mayBring()).isTrue();
  }

  @Test
  void whoSaysThatItGaveWhatNeverCameRestsToo() {
    wireAllBut(0);
    Runnable _ = add("boasts", 1, pages -> pages);
    Runnable _ = add("is modest", 2, pages -> -release(0, 1));
    serve();
    assertThat(asked).containsExactly("boasts 8", "is modest 8");
    assertThat(figures("is modest").pages()).as("not less than nothing").isZero();
  }

  @Test
  void aWaiterThatPageoutHasNotServedIsWhatIsWanted() {
    wireAllBut(0);
    SilentRequest waiter = new SilentRequest(20, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    Runnable _ = add("all", 1, pages -> pages == 20 ? release(0, 20) : 0);
    serve();
    assertThat(asked).as("then what the target lacks").containsExactly("all 20", "all 8");
    assertThat(queues.takeFree(waiter, 20)).isZero();
  }

  @Test
  void whoThrowsIsSetAsideForGood() {
    wireAllBut(0);
    Runnable _ =
        add(
            "bad",
            1,
            pages -> {
              context.now += 7;
              throw new java.io.IOException("for the test");
            });
    serve(reclaimers::wake, () -> context.now += 100_000 * MILLI, reclaimers::wake);
    assertThat(asked).hasSize(1);
    assertThat(figures("bad").setAside()).contains("for the test");
    assertThat(figures("bad").nanos()).isEqualTo(7);
    assertThat(reclaimers.mayBring()).isFalse();
    assertThat(reclaimers.isUnderWay()).isFalse();
  }

  @Test
  void whoTakesTooLongIsAskedAgainAfterTenTimesAsLong() {
    wireAllBut(0);
    Runnable _ =
        add(
            "slow",
            1,
            pages -> {
              assertThat(reclaimers.isUnderWay()).isTrue();
              context.now += 1001 * MILLI;
              return 0;
            });
    serve(
        () -> {
          assertThat(figures("slow").setAside()).contains("1001 ms");
          assertThat(reclaimers.mayBring()).as("later").isTrue();
          assertThat(reclaimers.isUnderWay()).as("it will be asked again").isTrue();
          context.now += 10 * 1001 * MILLI - 1;
          reclaimers.wake();
        },
        () -> {
          assertThat(asked).hasSize(1);
          context.now += 1;
          reclaimers.wake();
        });
    assertThat(asked).hasSize(2);
  }

  @Test
  void whoTakesASecondIsNotTooSlow() {
    wireAllBut(0);
    Runnable _ =
        add(
            "leisurely",
            1,
            pages -> {
              context.now += 1000 * MILLI;
              return 0;
            });
    serve(() -> context.now += 5 * MILLI, reclaimers::wake);
    assertThat(figures("leisurely").setAside()).isNull();
    assertThat(asked).hasSize(2);
  }

  @Test
  void aThreadThatDoesNotComeBackIsReplacedOnce() {
    wireAllBut(0);
    Runnable _ =
        add(
            "hangs",
            1,
            pages -> {
              context.now += 1000 * MILLI;
              reclaimers.look();
              assertThat(figures("hangs").setAside()).isNull();
              context.now += 1;
              reclaimers.look();
              reclaimers.look();
              assertThat(figures("hangs").setAside()).contains("1000 ms");
              return 0;
            });
    serve();
    assertThat(asked).hasSize(1);
    assertThat(context.wasStarted("kmalloc-reclaim-2")).isTrue();
    assertThat(context.wasStarted("kmalloc-reclaim-3")).isFalse();
  }

  @Test
  void nobodyIsAskedTwiceAtATime() {
    wireAllBut(0);
    Runnable _ =
        add(
            "busy",
            1,
            pages -> {
              if (asked.size() == 1) {
                context.then(() -> context.end(reclaimers::close));
                reclaimers.wake();
                context.run("kmalloc-reclaim-1");
              }
              return 0;
            });
    context.run(THREAD);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoIsTakenOffIsNotAskedAnyMoreAndItsPagesAreFree() {
    Runnable off = reclaimers.add("gone", 1, 5, pages -> 0);
    assertThat(queues.count(PageState.FREE)).isEqualTo(PAGES - 5);
    assertThat(queues.figures()).isNotNull();
    off.run();
    off.run();
    assertThat(queues.count(PageState.FREE)).isEqualTo(PAGES);
    assertThat(reclaimers.figures()).isEmpty();
    reclaimers.wake();
    serve();
  }

  @Test
  void aRunHasItsShareOfTheReserveAndNoMore() {
    wireAllBut(2);
    List<Integer> got = new ArrayList<>();
    Runnable _ =
        reclaimers.add(
            "needs two",
            1,
            2,
            pages -> {
              SilentRequest ask = new SilentRequest(1, 0, PageRequest.NO_CLASS, 0);
              for (int i = 0; i < 3; i++) {
                got.add(queues.takeFree(ask, 1));
              }
              return 0;
            });
    assertThat(queues.count(PageState.FREE)).isZero();
    serve();
    assertThat(got).containsExactly(PAGES - 2, PAGES - 1, PageQueues.NO_PAGE);
    queues.release(PAGES - 2, 2);
    assertThat(queues.count(PageState.FREE)).as("the reserve comes first").isZero();
    assertThat(queues.takeFree(new SilentRequest(1, 0, PageRequest.NO_CLASS, 0), 1))
        .as("of nobody who runs")
        .isEqualTo(PageQueues.NO_PAGE);
  }

  @Test
  void aCloseWaitsForEachThreadForASecondAtMost() {
    Runnable _ = add("idle", 1, pages -> 0);
    context.then(() -> context.run(THREAD));
    context.thenTimePasses();
    reclaimers.close(context.caller());
    assertThat(context.sleeps).containsExactly(1000 * MILLI, 1000 * MILLI);
    Runnable _ = add("late", 1, pages -> 0);
    assertThat(context.wasStarted("kmalloc-reclaim-2")).isFalse();
  }
}
