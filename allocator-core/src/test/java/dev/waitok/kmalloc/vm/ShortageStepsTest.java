package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is reported once a second. */
class ShortageStepsTest {
  private static final long SECOND = 1_000_000_000L;

  private final PageQueues queues = new PageQueues(8, 0, new Levels(0, 0, 0, 0));
  private final ScriptedContext context = new ScriptedContext();
  private final Callers callers = new Callers(context);
  private final List<String> reports = new ArrayList<>();
  private final Reclaimers reclaimers = new Reclaimers(queues, callers);
  private final Shortage shortage =
      new Shortage(
          queues,
          callers,
          reclaimers,
          2 * SECOND,
          new Shortage.Reporter() {
            @Override
            public void refused(long requests) {
              reports.add("refused " + requests);
            }

            @Override
            public void tick() {
              reports.add("tick");
            }

            @Override
            public void stalled() {
              reports.add("stalled");
            }
          });

  @Test
  void refusalsAreReportedOnceAndStallsAfterTheirTime() {
    shortage.start();
    queues.refusals().add(3);
    assertThat(queues.takeAnyFree(8)).isZero();
    SilentRequest waiter = new SilentRequest(1, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    context.thenTimePasses();
    context.thenTimePasses();
    context.then(
        () -> {
          queues.refusals().add(2);
          context.tick();
        });
    context.then(() -> context.end(shortage::close));
    context.run("kmalloc-watch");
    assertThat(reports)
        .containsExactly("tick", "refused 3", "tick", "tick", "refused 2", "stalled");
    queues.leave(waiter);
    context.then(() -> {});
    shortage.close(context.caller());
    assertThat(context.isOver()).as("it was gone").isFalse();
  }

  @Test
  void aReclaimerThatIsLateIsFound() {
    Runnable _ =
        reclaimers.add(
            "late",
            1,
            0,
            pages -> {
              context.now += SECOND + 1;
              shortage.look();
              assertThat(reclaimers.figures().getFirst().setAside()).isNotNull();
              return 0;
            });
    assertThat(queues.takeAnyFree(8)).isZero();
    SilentRequest waiter = new SilentRequest(1, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    context.then(() -> context.end(reclaimers::close));
    context.run("kmalloc-reclaim-0");
    assertThat(reports).containsExactly("tick");
    queues.leave(waiter);
  }
}
