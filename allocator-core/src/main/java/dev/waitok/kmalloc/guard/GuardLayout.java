package dev.waitok.kmalloc.guard;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the parts of a guarded block are, and what is written in those that are not its owner's.
 *
 * <pre>
 *   start                    offset                  offset + size                     start + total
 *   | left zone              | the owner's bytes     | right zone                      |
 *   | 64, or the alignment   | size                  | 64 and what the block has more  |
 *   | RED                    | FRESH or 0, FREED     | RED                             |
 * </pre>
 *
 * The right zone begins at the first byte that was not asked for. Of a long zone the 4 KiB next to
 * the owner's bytes are written and looked at.
 */
public final class GuardLayout {
  /** The least that lies on either side: what an index that is off by a few elements hits. */
  static final long ZONE = 64;

  private static final long WATCHED = 4 << 10;

  /** In both zones. */
  static final byte RED = (byte) 0xFD;

  /** In memory that nobody has written yet. */
  static final byte FRESH = (byte) 0xBA;

  /** In memory that was freed. */
  static final byte FREED = (byte) 0xDE;

  private GuardLayout() {}

  /** How many bytes lie before the owner's. */
  public static long left(long alignment) {
    return Math.max(ZONE, alignment);
  }

  /** How many bytes a guarded block takes at least. */
  public static long total(long size, long alignment) {
    return left(alignment) + size + ZONE;
  }

  /** Writes both zones. */
  static void drawZones(MemorySegment memory, Guarded block) {
    long left = leftFrom(block);
    memory.asSlice(left, block.offset - left).fill(RED);
    memory.asSlice(block.end(), rightTo(block) - block.end()).fill(RED);
  }

  /** The first byte of the left zone that is not as it was written, or -1. */
  static long damagedLeft(MemorySegment memory, Guarded block) {
    return firstOther(memory, leftFrom(block), block.offset, RED);
  }

  /** The first byte of the right zone that is not as it was written, or -1. */
  static long damagedRight(MemorySegment memory, Guarded block) {
    return firstOther(memory, block.end(), rightTo(block), RED);
  }

  /** The first byte from an offset up to another one that is not a certain one, or -1. */
  static long firstOther(MemorySegment memory, long from, long to, byte expected) {
    if (memory.get(ValueLayout.JAVA_BYTE, from) != expected) {
      return from;
    }
    // Each byte is compared with the one before it, which the JVM does many at a time.
    long same = MemorySegment.mismatch(memory, from, to - 1, memory, from + 1, to);
    return same < 0 ? -1 : from + 1 + same;
  }

  private static long leftFrom(Guarded block) {
    return Math.max(block.start, block.offset - WATCHED);
  }

  private static long rightTo(Guarded block) {
    return Math.min(block.start + block.total, block.end() + WATCHED);
  }
}
