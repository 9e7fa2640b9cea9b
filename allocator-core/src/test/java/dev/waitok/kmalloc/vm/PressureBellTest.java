package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who is told of the level of pressure, and when; round by round. */
class PressureBellTest {
  private static final int PAGES = 16;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(1, 2, 4, 6));
  private final ScriptedContext context = new ScriptedContext();
  private final PressureBell bell = new PressureBell(queues, new Callers(context));
  private final List<Integer> told = new ArrayList<>();

  private void serve(Runnable... steps) {
    context.serve("kmalloc-pressure", bell::close, steps);
    assertThat(context.isOver()).isTrue();
  }

  private void wireAllBut(int free) {
    while (queues.count(PageState.FREE) > free) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  @Test
  void aListenerIsToldOfEachChangeSinceItCame() {
    wireAllBut(3);
    Runnable end = bell.listen(told::add);
    serve(
        () -> assertThat(told).as("it came at this level").isEmpty(),
        () -> queues.release(0, 2),
        () -> queues.release(2, PAGES / 2),
        () -> {
          end.run();
          wireAllBut(0);
        });
    assertThat(told).containsExactly(PressureGauge.TARGET, PressureGauge.NONE);
  }

  @Test
  void aListenerThatFailsDoesNotKeepOthersFromBeingTold() {
    wireAllBut(0);
    Runnable _ =
        bell.listen(
            level -> {
              throw new OutOfMemoryError("for the test");
            });
    Runnable _ = bell.listen(told::add);
    serve(() -> queues.release(0, PAGES));
    assertThat(told).hasSize(1);
  }

  @Test
  void aFutureOfALevelBelowIsDoneWhenItIsReached() {
    wireAllBut(0);
    int level = queues.pressure();
    CompletableFuture<Integer> below = bell.below(level, l -> l);
    CompletableFuture<Integer> none = bell.below(PressureGauge.TARGET, l -> l);
    assertThat(below).isNotDone();
    serve(
        () -> queues.release(0, 5),
        () -> {
          assertThat(below).isCompletedWithValue(PressureGauge.TARGET);
          assertThat(none).isNotDone();
          queues.release(5, 5);
        });
    assertThat(none).isCompletedWithValue(PressureGauge.NONE);
  }

  @Test
  void aFutureOfWhatIsSoIsDoneAtOnceAndNoThreadIsMade() {
    assertThat(bell.below(PressureGauge.TARGET, l -> l)).isCompletedWithValue(PressureGauge.NONE);
    assertThat(context.wasStarted("kmalloc-pressure")).isFalse();
  }

  @Test
  void aCloseCancelsWhatIsAwaited() {
    wireAllBut(0);
    CompletableFuture<Integer> before = bell.below(PressureGauge.TARGET, l -> l);
    serve(() -> {});
    assertThat(before).isNotDone();
    bell.close(context.caller());
    assertThat(before).isCancelled();
    assertThat(bell.below(PressureGauge.TARGET, l -> l)).as("after it").isCancelled();
  }

  @Test
  void aCloseWaitsForTheThread() {
    Runnable _ = bell.listen(told::add);
    context.then(() -> context.run("kmalloc-pressure"));
    bell.close(context.caller());
    assertThat(context.isOver()).isTrue();
  }
}
