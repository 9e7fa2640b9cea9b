package dev.waitok.lwkt.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The heap of timers against a sorted list, around the clock's overflow. */
class TimersProperties {
  private static final class Plain extends Timer {
    @Override
    protected void fire() {}
  }

  @Property(tries = 2000)
  void firesByDeadlineAndForgetsTheCancelled(
      @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 4095) Integer> numbers) {
    Timers timers = new Timers();
    List<Timer> model = new ArrayList<>();
    long origin = Long.MAX_VALUE - 500; // deadlines lie on both sides of the overflow
    for (int number : numbers) {
      int kind = number & 3;
      int value = number >> 2;
      if (kind <= 1) {
        Timer timer = new Plain();
        timers.add(timer, origin + value);
        model.add(timer);
        assertThat(timer.isArmed()).isTrue();
      } else if (kind == 2 && !model.isEmpty()) {
        Timer cancelled = model.remove(value % model.size());
        timers.remove(cancelled);
        assertThat(cancelled.isArmed()).isFalse();
      } else {
        long now = origin + value;
        model.sort(Comparator.comparingLong(t -> t.deadline - origin));
        Timer due;
        while ((due = timers.pollDue(now)) != null) {
          assertThat(due.deadline - origin).isEqualTo(model.getFirst().deadline - origin);
          assertThat(model.remove(due)).isTrue();
          assertThat(due.isArmed()).isFalse();
        }
        assertThat(model).allMatch(t -> t.deadline - now > 0);
      }
      assertThat(timers.isEmpty()).isEqualTo(model.isEmpty());
      if (!model.isEmpty()) {
        long earliest = model.stream().mapToLong(t -> t.deadline - origin).min().getAsLong();
        assertThat(timers.earliest() - origin).isEqualTo(earliest);
      }
    }
  }
}
