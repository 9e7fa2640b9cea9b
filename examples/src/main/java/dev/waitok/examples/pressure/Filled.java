package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.ArrayList;
import java.util.List;

/** An arena's FREE pages, all of them, taken by a type called holder. */
final class Filled {
  private final MallocType holder;
  private final List<Long> blocks = new ArrayList<>();

  private Filled(MallocType holder) {
    this.holder = holder;
  }

  static Filled all(Kmalloc kmalloc) {
    Filled filled = new Filled(kmalloc.type("holder"));
    filled.take(8 * Scenario.PAGE);
    filled.take(Scenario.PAGE);
    return filled;
  }

  private void take(long size) {
    for (long b = holder.tryKmallocAddress(size, M_INTNOWAIT);
        b >= 0;
        b = holder.tryKmallocAddress(size, M_INTNOWAIT)) {
      blocks.add(b);
    }
  }

  /** Takes them page by page, and does something after each. */
  static Filled step(Kmalloc kmalloc, Runnable afterEach) {
    Filled filled = new Filled(kmalloc.type("holder"));
    for (long b = filled.takeOne(); b >= 0; b = filled.takeOne()) {
      filled.blocks.add(b);
      afterEach.run();
    }
    return filled;
  }

  private long takeOne() {
    return holder.tryKmallocAddress(8 * Scenario.PAGE, M_INTNOWAIT);
  }

  int blocks() {
    return blocks.size();
  }

  /** Gives the first block back, of eight pages. */
  void freeOne() {
    holder.kfree(blocks.removeFirst());
  }

  /** Gives them all back. */
  void free() {
    blocks.forEach(holder::kfree);
    blocks.clear();
  }
}
