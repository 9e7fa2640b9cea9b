package dev.waitok.lwkt.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The run queue against 32 plain lists. */
class RunQueueProperties {
  private final RunQueue queue = new RunQueue();
  private final List<List<Tcb>> model = new ArrayList<>();

  /** By level: one that was taken out and may be queued again. */
  private final List<@Nullable Tcb> resting = new ArrayList<>();

  RunQueueProperties() {
    for (int level = 0; level < RunQueue.LEVELS; level++) {
      model.add(new ArrayList<>());
      resting.add(null);
    }
  }

  /** One operation; what it does not need of its numbers it ignores. */
  record Step(int kind, int level, int index, boolean raised) {}

  @Property(tries = 2000)
  void behavesAsOneListForEachPriority(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 1023) Integer> numbers) {
    for (int number : numbers) {
      step(new Step(number & 3, number >> 2 & 31, number >> 7, (number & 4) != 0));
      queue.check();
      compare();
    }
  }

  @Example
  void threadsThatEndMakeRoomForOthers() {
    int places = queue.places();
    for (int i = 0; i < 10 * places; i++) {
      Tcb thread = TestThreads.unbound(0);
      queue.expect();
      ready(thread, false);
      queue.addLast(thread);
      queue.remove(thread);
      queue.forget(thread);
    }
    assertThat(queue.places()).isEqualTo(places);
  }

  private void step(Step step) {
    List<Tcb> level = model.get(step.level);
    if (step.kind <= 1) {
      Tcb thread = resting.get(step.level);
      resting.set(step.level, null);
      if (thread == null) {
        thread = TestThreads.unbound(step.level);
        queue.expect();
      }
      ready(thread, step.raised);
      if (step.kind == 0) {
        queue.addLast(thread);
        level.addLast(thread);
      } else {
        queue.addFirst(thread);
        level.addFirst(thread);
      }
    } else if (!level.isEmpty()) {
      Tcb removed = level.remove(step.index % level.size());
      queue.remove(removed);
      if (step.kind == 2) {
        removed.state(Tcb.State.RUNNING);
        resting.set(step.level, removed);
      } else {
        removed.state(Tcb.State.DONE);
        queue.forget(removed);
      }
    }
  }

  private static void ready(Tcb thread, boolean raised) {
    thread.state(Tcb.State.READY);
    thread.runnable = true;
    thread.dispatchable = true;
    thread.mayPreempt = raised;
  }

  private void compare() {
    int top = -1;
    int size = 0;
    for (int level = 0; level < RunQueue.LEVELS; level++) {
      List<Tcb> expected = model.get(level);
      List<Tcb> found = new ArrayList<>();
      for (Tcb thread = queue.head(level); thread != null; thread = queue.after(thread)) {
        found.add(thread);
      }
      assertThat(found).isEqualTo(expected);
      size += expected.size();
      if (!expected.isEmpty()) {
        top = level;
      }
      assertThat(queue.topAtMost(level)).isEqualTo(top);
      assertThat(queue.firstRaisedAbove(level)).isSameAs(firstRaisedAbove(level));
    }
    assertThat(queue.top()).isEqualTo(top);
    assertThat(queue.size()).isEqualTo(size);
    assertThat(queue.isEmpty()).isEqualTo(size == 0);
    assertThat(queue.topAtMost(-1)).isEqualTo(-1);
  }

  private @Nullable Tcb firstRaisedAbove(int priority) {
    for (int level = RunQueue.LEVELS - 1; level > priority; level--) {
      for (Tcb thread : model.get(level)) {
        if (thread.mayPreempt) {
          return thread;
        }
      }
    }
    return null;
  }
}
