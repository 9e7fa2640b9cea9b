package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a service goes round, and how it ends. */
class ServiceTest {
  private static final long TICK = 1000;

  private final ScriptedContext context = new ScriptedContext();
  private final List<String> rounds = new ArrayList<>();
  private Runnable inRound = () -> {};
  private final Service service =
      new Service("test", new Callers(context), TICK, asked -> goRound(asked));

  private void goRound(boolean asked) {
    rounds.add(asked ? "asked" : "due");
    inRound.run();
  }

  private void serve(Runnable... steps) {
    context.serve("test", service::close, steps);
  }

  @AfterEach
  void allHasHappened() {
    assertThat(context.isOver()).isTrue();
  }

  @Test
  void goesRoundWhenAsked() {
    service.start();
    serve(
        () -> {
          service.wake();
          service.wake();
        },
        service::wake);
    assertThat(rounds).containsExactly("asked", "asked");
  }

  @Test
  void whoAsksBeforeItSleepsIsHeard() {
    service.start();
    service.wake();
    serve(() -> assertThat(rounds).containsExactly("asked"));
  }

  @Test
  void goesRoundOnceATickAndSleepsForTheRest() {
    service.start();
    serve(
        () -> context.now += TICK / 4,
        () -> context.now += TICK / 2,
        () -> context.now += TICK / 4,
        () -> context.now += TICK);
    assertThat(rounds).containsExactly("due", "due");
    assertThat(context.sleeps.subList(0, 4)).containsExactly(TICK, 3 * TICK / 4, TICK / 4, TICK);
  }

  @Test
  void aRoundThatIsAskedForPutsNoneOff() {
    service.start();
    serve(
        () -> {
          context.now += TICK;
          service.wake();
        });
    assertThat(rounds).containsExactly("asked", "due");
  }

  @Test
  void aRoundThatFailsEndsNothing() {
    service.start();
    inRound =
        () -> {
          throw new OutOfMemoryError("for the test");
        };
    serve(service::wake, service::wake);
    assertThat(rounds).hasSize(2);
  }

  @Test
  void nothingIsDoneOnceItIsToEnd() {
    service.start();
    inRound =
        () -> {
          context.now += TICK;
          context.end(service::close);
        };
    context.then(service::wake);
    context.run("test");
    assertThat(rounds).as("the tick was due").containsExactly("asked");
  }

  @Test
  void whoEndsItReturnsWhenItIsGone() {
    service.start();
    context.then(() -> context.run("test"));
    service.close(context.caller());
    assertThat(rounds).isEmpty();
    assertThat(service.closing()).isTrue();
    service.close(context.caller());
    assertThat(context.sleeps).hasSize(1);
  }

  @Test
  void whoEndsItMayGiveUpWaiting() {
    service.start();
    context.then(() -> context.now += 60);
    context.then(() -> context.now += 40);
    service.closeWithin(context.caller(), 100);
    assertThat(context.sleeps).containsExactly(100L, 100L);
    assertThat(service.closing()).isTrue();
    context.run("test");
    assertThat(rounds).isEmpty();
  }

  @Test
  void oneThatWasNeverStartedIsGone() {
    service.wake();
    assertThat(service.closing()).isFalse();
    service.close(context.caller());
    assertThat(context.sleeps).isEmpty();
  }
}
