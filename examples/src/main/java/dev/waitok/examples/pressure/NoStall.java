package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.Arrays;

/** A million requests without wait against an empty arena: refused at once, each of them. */
final class NoStall implements Scenario {
  private static final int REQUESTS = 1_000_000;

  /** What a loaded machine of two processors may take a thread away for, in nanoseconds. */
  private static final long BOUND = 20_000_000;

  @Override
  public ScenarioResult run() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      MallocType holder = kmalloc.type("holder");
      MallocType asker = kmalloc.type("asker");
      long held = 0;
      while (holder.tryKmallocAddress(PAGE, M_INTNOWAIT) >= 0) {
        held++;
      }
      long[] nanos = new long[REQUESTS];
      long served = 0;
      for (int i = 0; i < REQUESTS; i++) {
        long from = System.nanoTime();
        served += asker.tryKmallocAddress(PAGE, M_INTNOWAIT) >= 0 ? 1 : 0;
        nanos[i] = System.nanoTime() - from;
      }
      Arrays.sort(nanos);
      return new Figures("no stall")
          .figure("blocksHeld", held)
          .figure("p50Nanos", nanos[REQUESTS / 2])
          .atMost("p9999Nanos", nanos[REQUESTS - REQUESTS / 10_000], BOUND)
          .atMost("served", served, 0)
          .result();
    }
  }
}
