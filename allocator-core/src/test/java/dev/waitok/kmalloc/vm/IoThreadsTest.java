package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That no job is left behind, whoever ends when. */
class IoThreadsTest {
  private static final String FIRST = "kmalloc-io-0";
  private static final String SECOND = "kmalloc-io-1";

  private final ScriptedContext context = new ScriptedContext();
  private final IoThreads io = new IoThreads(new Callers(context));
  private final List<String> done = new ArrayList<>();

  private void submit(String name) {
    submit(name, () -> {});
  }

  private void submit(String name, Runnable body) {
    io.submit(
        new IoThreads.Job() {
          @Override
          public void run() {
            done.add(name);
            body.run();
          }

          @Override
          public void refuse() {
            done.add("no " + name);
          }
        });
  }

  /** Ends the threads: each runs while who closes sleeps. */
  private void close() {
    context.then(() -> context.run(FIRST));
    context.then(() -> context.run(SECOND));
    io.close(context.caller());
  }

  @AfterEach
  void allHasHappened() {
    assertThat(context.isOver()).isTrue();
  }

  @Test
  void whatWasSubmittedBeforeTheCloseIsDone() {
    assertThat(io.isUnderWay()).isFalse();
    submit("a");
    submit("b");
    assertThat(io.isUnderWay()).isTrue();
    close();
    assertThat(done).containsExactly("a", "b");
    assertThat(io.isUnderWay()).isFalse();
    assertThat(context.sleeps).as("two for who closes").hasSize(2);
  }

  @Test
  void whatIsSubmittedAfterTheCloseIsRefused() {
    close();
    submit("late");
    assertThat(done).containsExactly("no late");
    assertThat(io.isUnderWay()).isFalse();
  }

  @Test
  void whatIsSubmittedWhileTheLastEndsIsDoneOrRefused() {
    submit("a", () -> submit("b"));
    context.then(
        () -> {
          context.run(FIRST);
          submit("c"); // the second has not ended
        });
    context.then(() -> context.run(SECOND));
    io.close(context.caller());
    assertThat(done).containsExactly("a", "b", "c");
    assertThat(io.isUnderWay()).isFalse();
  }

  @Test
  void anIdleThreadIsWokenAndGoesOnAfterAFailure() {
    context.then(
        () -> {
          assertThat(context.sleeps).containsExactly(Long.MAX_VALUE);
          submit(
              "fails",
              () -> {
                assertThat(io.isUnderWay()).isTrue();
                Thread.currentThread().interrupt();
                throw new OutOfMemoryError("for the test");
              });
        });
    context.then(
        () -> {
          assertThat(done).containsExactly("fails");
          assertThat(io.isUnderWay()).isFalse();
          submit("next", () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
        });
    context.then(
        () -> {
          context.then(() -> context.run(SECOND));
          try {
            io.close(context.caller()); // its first sleep runs the second thread; then it gives up
          } catch (IllegalStateException nobodyWakesIt) {
            done.add("closed");
          }
        });
    context.run(FIRST);
    assertThat(done).containsExactly("fails", "next", "closed");
  }
}
