package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.PressureLevel;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Listeners hear of each level that lasts, never on the thread that allocates. */
final class Levels implements Scenario {
  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 * MIB).pageSize(PAGE).build()) {
      Set<PressureLevel> heard = ConcurrentHashMap.newKeySet();
      LongAdder onTheAllocatingThread = new LongAdder();
      Thread self = Thread.currentThread();
      kmalloc.onPressure(
          level -> {
            heard.add(level);
            if (Thread.currentThread().equals(self)) {
              onTheAllocatingThread.increment();
            }
          });
      Filled filled = Filled.step(kmalloc, () -> await(kmalloc, heard));
      filled.free();
      await(kmalloc, heard);
      figures
          .exactly("levelsHeard", heard.size(), EnumSet.allOf(PressureLevel.class).size())
          .exactly("heardOnTheAllocatingThread", onTheAllocatingThread.sum(), 0);
    }
  }

  /** Waits a little until the level of the moment has been heard. */
  private static void await(Kmalloc kmalloc, Set<PressureLevel> heard) {
    PressureLevel level = kmalloc.pressure();
    long from = System.nanoTime();
    while (level != PressureLevel.NONE
        && !heard.contains(level)
        && Scenario.secondsSince(from) < 2) {
      Thread.onSpinWait();
    }
    while (level == PressureLevel.NONE
        && heard.size() > 1
        && !heard.contains(level)
        && Scenario.secondsSince(from) < 2) {
      Thread.onSpinWait();
    }
  }
}
