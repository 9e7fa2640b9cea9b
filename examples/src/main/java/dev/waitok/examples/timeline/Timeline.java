package dev.waitok.examples.timeline;

import java.util.List;

/**
 * What a recording tells of a scheduler and its memory. Times are microseconds since the first
 * entry.
 *
 * @param runs who had which cpu, by the time they began
 * @param pages what the page queues had, by time
 * @param lost how many runs the recording has not
 */
record Timeline(List<Run> runs, List<Pages> pages, long lost) {
  /**
   * A thread or a FAST interrupt had a cpu for a while.
   *
   * @param number tells threads of one scheduler apart
   * @param kind runs, preempts or fast
   */
  record Run(
      String scheduler,
      int cpu,
      String thread,
      long number,
      int priority,
      String kind,
      double from,
      double to) {}

  /** How many pages of an arena were in each state. */
  record Pages(
      int arena,
      double at,
      int free,
      int cache,
      int inactive,
      int active,
      int hold,
      int wired,
      int waiting) {}
}
