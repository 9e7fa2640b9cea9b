package dev.waitok.kmalloc.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What it costs to ask whether an event is wanted while nobody records. */
class WantedEventsTest {
  private static final int TIMES = 1000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void askingMakesNoObjectThoughNothingIsCompiledYet() {
    int wanted = wanted();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < TIMES; i++) {
      wanted += wanted();
    }
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(bytes).as("of %s questions, %s yes", 6 * TIMES, wanted).isLessThan(TIMES);
  }

  private static int wanted() {
    return (AllocationEvent.isOn() ? 1 : 0)
        + (ExhaustionEvent.isOn() ? 1 : 0)
        + (ReclaimEvent.isOn() ? 1 : 0)
        + (StallEvent.isOn() ? 1 : 0)
        + (SwitchAwayEvent.isOn() ? 1 : 0)
        + (WaitEvent.isOn() ? 1 : 0);
  }
}
