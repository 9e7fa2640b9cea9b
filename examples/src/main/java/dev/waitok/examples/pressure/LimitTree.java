package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocGroup;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;

/** Types share the limit of a group, and what is reserved in it for one is left by the others. */
final class LimitTree implements Scenario {
  private static final long LIMIT = 2 * MIB;
  private static final long RESERVED = MIB / 2;

  @Override
  public void run(Figures figures) {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 * MIB).pageSize(PAGE).build()) {
      MallocGroup net = kmalloc.group("net").limit(LIMIT);
      MallocType control = net.type("control");
      MallocType bulk = net.group("bulk").type("data");
      control.reservation(RESERVED);
      List<Long> data = take(bulk, Long.MAX_VALUE);
      long ofOthers = net.statistics().bytes();
      List<Long> commands = take(control, RESERVED / PAGE);
      figures
          .atMost("bytesOfAGroup", net.statistics().bytes(), LIMIT)
          .atMost("bytesOfOthersBesideAReservation", ofOthers, LIMIT - RESERVED)
          .atLeast("bytesOfOthersServed", ofOthers, (LIMIT - RESERVED) / 2)
          .exactly("reservedBytesServed", commands.size() * (long) PAGE, RESERVED)
          .atMost("peakOfAGroup", net.statistics().peakBytes(), LIMIT);
      data.forEach(bulk::kfree);
      commands.forEach(control::kfree);
    }
  }

  private static List<Long> take(MallocType type, long most) {
    List<Long> blocks = new ArrayList<>();
    for (long b = 0; blocks.size() < most && (b = type.tryKmallocAddress(PAGE)) >= 0; ) {
      blocks.add(b);
    }
    return blocks;
  }
}
