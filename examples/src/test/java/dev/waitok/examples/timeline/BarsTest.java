package dev.waitok.examples.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bars from runs. */
class BarsTest {
  private final List<Timeline.Run> runs = new ArrayList<>();

  private void run(String thread, long number, String kind, double from, double to) {
    runs.add(new Timeline.Run("lwkt", 0, thread, number, 1, kind, from, to));
  }

  private List<String> bars() {
    return Bars.of(new Timeline(runs, List.of(), 0)).stream()
        .map(b -> b.thread() + " " + b.depth() + " " + b.from() + "-" + b.to() + " " + b.own())
        .toList();
  }

  @Test
  void whoPreemptsIsOnTopOfWhoIsPreempted() {
    run("victim", 1, "runs", 0, 10);
    run("nic", 2, "preempts", 10, 12);
    run("clock", 3, "preempts", 12, 13);
    run("nic", 2, "preempts", 13, 14);
    run("victim", 1, "runs", 14, 20);
    run("other", 4, "runs", 20, 25);
    assertThat(bars())
        .containsExactly(
            "victim 0 0.0-20.0 16.0",
            "nic 1 10.0-14.0 3.0",
            "clock 2 12.0-13.0 1.0",
            "other 0 20.0-25.0 5.0");
  }

  @Test
  void aFastInterruptIsOnTopOfTheThreadThatRunsIt() {
    run("victim", 1, "runs", 0, 10);
    run("fast", 9, "fast", 3, 4);
    assertThat(bars()).containsExactly("victim 0 0.0-10.0 10.0", "fast 1 3.0-4.0 1.0");
  }

  @Test
  void whoSwitchedAwayWhilePreemptingComesBackAtTheBottom() {
    run("victim", 1, "runs", 0, 10);
    run("nic", 2, "preempts", 10, 12);
    run("victim", 1, "runs", 12, 20);
    run("nic", 2, "runs", 20, 22);
    assertThat(bars())
        .containsExactly("victim 0 0.0-20.0 18.0", "nic 1 10.0-12.0 2.0", "nic 0 20.0-22.0 2.0");
  }

  @Test
  void whatDoesNotFollowAtOnceIsABarOfItsOwn() {
    run("a", 1, "runs", 0, 10);
    run("a", 1, "runs", 50, 60);
    run("nic", 2, "preempts", 90, 95);
    assertThat(bars())
        .containsExactly("a 0 0.0-10.0 10.0", "a 0 50.0-60.0 10.0", "nic 0 90.0-95.0 5.0");
  }

  @Test
  void cpusAreApart() {
    run("a", 1, "runs", 0, 10);
    runs.add(new Timeline.Run("lwkt", 1, "b", 2, 1, "preempts", 10, 12));
    assertThat(bars()).containsExactly("a 0 0.0-10.0 10.0", "b 0 10.0-12.0 2.0");
  }

  @Test
  void ofTooManyThePartIsShownWhereMostIsPreempted() {
    List<Bars.Bar> all = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      all.add(new Bars.Bar("lwkt", 0, "t", 1, "runs", i == 25_000 ? 1 : 0, i, i + 1, 1));
    }
    assertThat(Page.shown(all)).hasSize(10_000).anyMatch(bar -> bar.depth() == 1);
    assertThat(Page.shown(all.subList(0, 5))).hasSize(5);
    assertThat(Page.shown(List.of())).isEmpty();
  }
}
