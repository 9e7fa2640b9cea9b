package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A burst's memory returns to the system within 2 s of its end, although nobody calls any more. */
final class GivenBack implements Scenario {
  @Override
  public void run(Figures figures) throws IOException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(256 * MIB).pageSize(PAGE).build()) {
      MallocType type = kmalloc.type("burst");
      List<MemorySegment> early = fill(type, 16 * MIB, 700);
      List<MemorySegment> burst = fill(type, 100 * MIB, 700);
      burst.addAll(fill(type, 64 * MIB, 100_000));
      long residentAtPeak = Mapping.resident(kmalloc);
      burst.forEach(type::kfree);
      long end = System.nanoTime();
      long live = type.statistics().bytes();
      long bound = live + live / 4 + 8 * MIB;
      long resident = Mapping.resident(kmalloc);
      while (resident > bound && Scenario.secondsSince(end) < 2) {
        Thread.onSpinWait();
        resident = Mapping.resident(kmalloc);
      }
      double seconds = Scenario.secondsSince(end);
      early.forEach(type::kfree);
      figures
          .figure("residentAtPeak", residentAtPeak)
          .figure("live", live)
          .atMost("resident", resident, bound)
          .atMost("seconds", seconds, 2);
    }
  }

  private static List<MemorySegment> fill(MallocType type, long bytes, long size) {
    List<MemorySegment> blocks = new ArrayList<>();
    for (long done = 0; done < bytes; done += size) {
      MemorySegment block = type.kmalloc(size);
      block.fill((byte) 1);
      blocks.add(block);
    }
    return blocks;
  }
}
