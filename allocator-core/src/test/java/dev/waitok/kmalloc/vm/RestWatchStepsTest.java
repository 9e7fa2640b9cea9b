package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When nobody can bring memory any more, look by look. */
class RestWatchStepsTest {
  private static final int PAGES = 16;
  private static final long MILLI = 1_000_000L;
  private static final String THREAD = "kmalloc-rest";

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final ScriptedContext context = new ScriptedContext();
  private final Callers callers = new Callers(context);
  private final Reclaimers reclaimers = new Reclaimers(queues, callers);
  private final Pageout pageout =
      new Pageout(queues, callers, () -> {}, new NoTenants(), reclaimers);
  private final IoThreads io = new IoThreads(callers);
  private final Scheduler scheduler = new Scheduler();
  private int told;
  private final RestWatch watch =
      new RestWatch(queues, callers, pageout, io, reclaimers, () -> told++);

  private final class Scheduler implements ExecutionContext {
    private boolean atRest = true;
    private Runnable whenAsked = () -> {};

    @Override
    public Caller caller() {
      return null;
    }

    @Override
    public boolean send(int cpu, Runnable task) {
      return false;
    }

    @Override
    public long nanoTime() {
      return context.now;
    }

    @Override
    public void startService(String name, Runnable body) {
      throw new IllegalStateException("the base context starts services");
    }

    @Override
    public boolean isAtRest() {
      whenAsked.run();
      return atRest;
    }
  }

  private SilentRequest waiting(int pages) {
    SilentRequest request = new SilentRequest(pages, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(request);
    return request;
  }

  /** The watch is asked for a round, and naps before each of these steps; then it ends. */
  private void serve(Runnable... steps) {
    callers.bind(scheduler);
    assertThat(queues.takeAnyFree(queues.count(PageState.FREE))).isNotNegative();
    watch.start();
    watch.wake();
    context.serve(THREAD, watch::close, steps);
  }

  private void pass(long nanos) {
    context.now += nanos;
  }

  @AfterEach
  void allHasHappened() {
    assertThat(context.isOver()).isTrue();
  }

  @Test
  void aRestIsToldOnceForTheSameWaiters() {
    waiting(1);
    serve(
        () -> assertThat(told).as("a first look only remembers").isZero(),
        () -> assertThat(told).isEqualTo(1),
        () -> {},
        () -> assertThat(told).isEqualTo(1),
        () -> waiting(1),
        () -> {},
        () -> assertThat(told).as("another waiter").isEqualTo(2));
    assertThat(watch.looks()).isEqualTo(8);
  }

  @Test
  void itNapsTwiceAsLongEachTimeUpToATenthOfASecond() {
    waiting(1);
    Runnable nothing = () -> {};
    serve(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing);
    List<Long> naps = context.sleeps.subList(0, 10);
    for (int i = 1; i < naps.size(); i++) {
      assertThat(naps.get(i)).isEqualTo(Math.min(2 * naps.get(i - 1), 100 * MILLI));
    }
    assertThat(naps.getLast()).isEqualTo(100 * MILLI);
    assertThat(naps.getFirst()).isLessThan(100 * MILLI);
  }

  @Test
  void nothingIsLookedAtWhereNobodyWaits() {
    serve();
    assertThat(watch.looks()).isZero();
    assertThat(told).isZero();
  }

  @Test
  void aSchedulerThatIsNotAtRestBringsHope() {
    waiting(1);
    scheduler.atRest = false;
    serve(
        () -> {},
        () -> {},
        () -> {
          assertThat(told).isZero();
          scheduler.atRest = true;
        },
        () -> assertThat(told).isEqualTo(1));
  }

  @Test
  void whatComesWhileTheSchedulerIsAskedBringsHope() {
    waiting(1);
    scheduler.whenAsked =
        () -> {
          scheduler.whenAsked = () -> {};
          pageout.wake();
        };
    serve(
        () -> {},
        () -> {
          assertThat(told).as("a pass was asked for meanwhile").isZero();
          pageout.hold();
        },
        () -> assertThat(told).as("it is still to come").isZero());
    assertThat(told).isZero();
  }

  @Test
  void aWaiterThatComesWhileTheSchedulerIsAskedIsAnother() {
    waiting(1);
    scheduler.whenAsked =
        () -> {
          scheduler.whenAsked = () -> {};
          waiting(1);
        };
    serve(() -> {}, () -> assertThat(told).isZero(), () -> {}, () -> {});
    assertThat(told).isEqualTo(1);
  }

  @Test
  void workOfItsOwnBringsHope() {
    waiting(1);
    io.submit(
        new IoThreads.Job() {
          @Override
          public void run() {}

          @Override
          public void refuse() {}
        });
    serve(() -> {}, () -> {}, () -> {});
    assertThat(told).isZero();
  }

  @Test
  void withoutASchedulerThereIsNoRest() {
    waiting(1);
    serve(() -> callers.bind(null), () -> {}, () -> {});
    assertThat(told).isZero();
  }

  @Test
  void reclaimersAreGivenThreeTenthsOfASecond() {
    waiting(1);
    Runnable _ = reclaimers.add("may bring", 1, 0, pages -> 0);
    serve(
        () -> pass(300 * MILLI - 1),
        () -> {
          assertThat(told).isZero();
          pass(1);
        },
        () -> assertThat(told).isEqualTo(1));
  }

  @Test
  void aRunIsGivenTwoAndAHalfSeconds() {
    waiting(2);
    serve(
        () -> pass(2500 * MILLI - 1),
        () -> {
          assertThat(told).isZero();
          pass(1);
        },
        () -> assertThat(told).isEqualTo(1));
  }

  @Test
  void whoWaitsForATimeOnlyBringsHope() {
    SilentRequest bounded = waiting(1);
    bounded.bounded = true;
    serve(() -> {}, () -> {}, () -> {});
    assertThat(told).isZero();
  }
}
