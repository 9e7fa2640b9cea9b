package dev.waitok.examples.soak;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;

/**
 * A block and what it must hold.
 *
 * @param block its bytes
 * @param type what it is freed with
 * @param number whose pattern it holds
 */
record Parcel(MemorySegment block, MallocType type, long number) {
  /** A block, filled. */
  static Parcel fill(MemorySegment block, MallocType type, long number) {
    Pattern.fill(block, 0, block.byteSize(), number);
    return new Parcel(block, type, number);
  }

  boolean isIntact() {
    return Pattern.holds(block, 0, block.byteSize(), number);
  }

  /** Whether a block's first words are a number's; a word that is cut differs from a whole one. */
  static boolean begins(MemorySegment block, long bytes, long number) {
    return Pattern.holds(block, 0, bytes / Long.BYTES * Long.BYTES, number);
  }

  /** Checks it and frees it. */
  void end(Tally tally) {
    if (!isIntact()) {
      tally.corruption.incrementAndGet();
    }
    type.kfree(block);
    tally.blocks.incrementAndGet();
  }
}
