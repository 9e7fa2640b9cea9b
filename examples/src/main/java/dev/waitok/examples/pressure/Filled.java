package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;

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
    filled.take(8 * Scenario.PAGE, M_INTNOWAIT);
    filled.take(Scenario.PAGE, M_INTNOWAIT);
    return filled;
  }

  private void take(long size, int flags) {
    for (long b = holder.tryKmallocAddress(size, flags);
        b >= 0;
        b = holder.tryKmallocAddress(size, flags)) {
      blocks.add(b);
    }
  }

  /** Only what requests that may wait can have. */
  static Filled ordinary(Kmalloc kmalloc) {
    Filled filled = new Filled(kmalloc.type("holder"));
    filled.take(8 * Scenario.PAGE, M_NOWAIT);
    filled.take(Scenario.PAGE, M_NOWAIT);
    return filled;
  }

  /** Takes them eight at a time, and does something after each. */
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
