package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes back to the system, period by period, with a clock that the test moves. */
class TrimStepsTest {
  private static final int SHIFT = 14;
  private static final int PAGE = 1 << SHIFT;
  private static final int PAGES = 256;

  /** As many pages as a batch has. */
  private static final int BATCH = 64;

  private static final int CAP = 100;
  private static final int TARGET = 8;
  private static final long PERIOD = 5_000;
  private static final String THREAD = "kmalloc-trim";

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, TARGET, TARGET));
  private final ScriptedContext context = new ScriptedContext();
  private PageArena arena;
  private int calledIn;

  private Trim trim(PageArena over) {
    arena = over;
    return new Trim(
        queues, over, new Callers(context), () -> calledIn++, PERIOD, (long) CAP << SHIFT);
  }

  private Trim trim() {
    assumeThat(PageArena.canReserve()).as("the system takes memory back").isTrue();
    return trim(PageArena.reserve((long) PAGES * PAGE, SHIFT, false));
  }

  private void serve(Trim trim, Runnable... steps) {
    trim.start();
    context.serve(THREAD, trim::close, steps);
  }

  private void use(int n) {
    int page = queues.takeAnyFree(n);
    arena.page(page).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    queues.release(page, n);
  }

  @AfterEach
  void close() {
    assertThat(context.isOver()).isTrue();
    queues.checkInvariants();
    if (arena != null) {
      assertThat(arena.close()).isZero();
    }
  }

  @Test
  void whatWasIdleForAWholePeriodGoesBack() {
    Trim trim = trim();
    use(3);
    trim.round();
    assertThat(calledIn).isEqualTo(1);
    assertThat(queues.idlePages()).as("freed in this period").isEqualTo(3);
    assertThat(arena.page(0).get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
    trim.round();
    assertThat(queues.idlePages()).isZero();
    assertThat(arena.page(0).get(ValueLayout.JAVA_BYTE, 0)).as("zeroed").isZero();
    assertThat(calledIn).isEqualTo(2);
  }

  @Test
  void aRoundIsMadeOnceAPeriod() {
    Trim trim = trim();
    use(3);
    serve(
        trim,
        () -> context.now += PERIOD,
        () -> assertThat(calledIn).isEqualTo(1),
        () -> context.now += PERIOD);
    assertThat(calledIn).isEqualTo(2);
    assertThat(queues.idlePages()).isZero();
  }

  @Test
  void moreThanTheCapGoesBackAtOnceDownToThreeQuarters() {
    Trim trim = trim();
    serve(
        trim,
        () -> use(CAP),
        () -> {
          assertThat(queues.idlePages()).as("not above it").isEqualTo(CAP);
          use(CAP + 1);
        },
        () -> assertThat(queues.idlePages()).isEqualTo(CAP / 4 * 3));
    assertThat(calledIn).as("no period has ended").isZero();
  }

  @Test
  void moreThanABatchGoesBackInBatchesFromTheHighEnd() {
    Trim trim = trim();
    use(2 * BATCH + 5);
    trim.round();
    int page = queues.takeAnyFree(2); // the low end is in use again
    trim.round();
    assertThat(queues.idlePages()).isZero();
    assertThat(queues.count(PageState.FREE)).isEqualTo(PAGES - 2);
    queues.release(page, 2);
  }

  @Test
  void nothingGoesBackWhileSomebodyWaits() {
    Trim trim = trim();
    use(3);
    trim.round();
    SilentRequest waiter = new SilentRequest(PAGES + 1, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    trim.round();
    assertThat(queues.idlePages()).isEqualTo(3);
    queues.leave(waiter);
  }

  @Test
  void freeDoesNotFallBelowItsTargetForIt() {
    Trim trim = trim();
    use(PAGES);
    trim.round();
    int page = queues.takeAnyFree(PAGES - TARGET);
    trim.round();
    assertThat(queues.idlePages()).isEqualTo(TARGET);
    queues.release(page, PAGES - TARGET);
  }

  @Test
  void memoryThatCannotGoBackIsLeftAloneAndNoThreadIsMade() {
    try (Arena scope = Arena.ofShared()) {
      Trim trim = trim(PageArena.over(scope.allocate((long) PAGES * PAGE, PAGE), SHIFT));
      trim.start();
      assertThat(context.wasStarted(THREAD)).isFalse();
      use(3);
      trim.round();
      trim.round();
      assertThat(calledIn).as("owners are called in all the same").isEqualTo(2);
      assertThat(arena.page(0).get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
      trim.close(context.caller());
    }
    arena = null;
  }

  @Test
  void aCloseWaitsForTheThread() {
    Trim trim = trim();
    trim.start();
    context.then(() -> context.run(THREAD));
    trim.close(context.caller());
    assertThat(context.isOver()).isTrue();
  }
}
