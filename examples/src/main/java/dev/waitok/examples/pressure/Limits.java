package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;

/** A type at its limit gets no more, whatever is free; its peak is known. */
final class Limits implements Scenario {
  private static final long LIMIT = MIB;

  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 * MIB).pageSize(PAGE).build()) {
      MallocType limited = kmalloc.type("limited", LIMIT);
      MallocType other = kmalloc.type("other");
      List<Long> blocks = new ArrayList<>();
      for (long b = limited.tryKmallocAddress(PAGE); b >= 0; b = limited.tryKmallocAddress(PAGE)) {
        blocks.add(b);
      }
      long others = other.tryKmallocAddress(MIB);
      figures
          .atMost("bytesOfALimitedType", limited.statistics().bytes(), LIMIT)
          .atLeast("peakOfALimitedType", limited.statistics().peakBytes(), LIMIT / 2)
          .exactly("otherTypeServed", others >= 0 ? 1 : 0, 1);
      blocks.forEach(limited::kfree);
      other.kfree(others);
    }
  }
}
