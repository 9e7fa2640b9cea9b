package dev.waitok.examples.timeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes bars of runs: who is preempted keeps its bar, and who preempts it has one on top, as have
 * FAST interrupts.
 */
final class Bars {
  /** Clocks are compared: so far apart is the same moment still, in microseconds. */
  private static final double SAME = 1;

  /**
   * A bar.
   *
   * @param depth 0 at the bottom
   * @param own how long the thread itself had the cpu
   */
  record Bar(
      String scheduler,
      int cpu,
      String thread,
      int priority,
      String kind,
      int depth,
      double from,
      double to,
      double own) {}

  /** A bar whose end is not known yet. */
  private static final class Open {
    private final Timeline.Run run;
    private final int depth;
    private double to;
    private double own;

    Open(Timeline.Run run, int depth) {
      this.run = run;
      this.depth = depth;
      this.to = run.to();
      this.own = run.to() - run.from();
    }

    Bar close() {
      return new Bar(
          run.scheduler(),
          run.cpu(),
          run.thread(),
          run.priority(),
          run.kind(),
          depth,
          run.from(),
          to,
          own);
    }
  }

  private final List<Bar> done = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();

  private Bars() {}

  /** The bars of all cpus, by the time they begin, outer ones first. */
  static List<Bar> of(Timeline timeline) {
    Map<String, List<Timeline.Run>> byCpu = new TreeMap<>();
    for (Timeline.Run run : timeline.runs()) {
      byCpu.computeIfAbsent(run.scheduler() + " " + run.cpu(), k -> new ArrayList<>()).add(run);
    }
    List<Bar> all = new ArrayList<>();
    for (List<Timeline.Run> runs : byCpu.values()) {
      Bars bars = new Bars();
      runs.forEach(bars::add);
      bars.closeDownTo(0);
      all.addAll(bars.done);
    }
    all.sort(Comparator.comparingDouble(Bar::from).thenComparingInt(Bar::depth));
    return all;
  }

  private void add(Timeline.Run run) {
    if (run.kind().equals("fast")) {
      done.add(new Open(run, open.size()).close());
      return;
    }
    Open top = open.peek();
    boolean follows = top != null && Math.abs(run.from() - top.to) <= SAME;
    int back = follows ? depthOf(run.number()) : -1;
    if (back >= 0) {
      closeDownTo(back + 1);
      Open again = open.element();
      again.to = run.to();
      again.own += run.to() - run.from();
    } else {
      if (!(follows && run.kind().equals("preempts"))) {
        closeDownTo(0);
      }
      open.push(new Open(run, open.size()));
    }
  }

  private int depthOf(long number) {
    for (Open bar : open) {
      if (bar.run.number() == number) {
        return bar.depth;
      }
    }
    return -1;
  }

  private void closeDownTo(int depth) {
    while (open.size() > depth) {
      done.add(open.pop().close());
    }
  }
}
