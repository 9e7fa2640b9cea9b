package dev.waitok.examples.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Contents that belong to one number: every word depends on the number and on its place, so a block
 * that shows its pattern was written by nobody else, moved by nobody, and not cut short.
 */
public final class Pattern {
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

  /** Odd, from the golden ratio: consecutive multiples differ in all bytes. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private Pattern() {}

  /**
   * Writes a number's pattern.
   *
   * @param memory where it is written
   * @param offset the first byte
   * @param length how many bytes
   * @param number whose pattern
   */
  public static void fill(MemorySegment memory, long offset, long length, long number) {
    long word = first(number);
    long i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      memory.set(WORD, offset + i, word);
      word += STEP;
    }
    for (; i < length; i++) {
      memory.set(ValueLayout.JAVA_BYTE, offset + i, (byte) word);
      word >>>= Byte.SIZE;
    }
  }

  /**
   * Whether memory still holds a number's pattern.
   *
   * @param memory where it was written
   * @param offset the first byte
   * @param length how many bytes; may be fewer than were written
   * @param number whose pattern
   * @return false if a byte differs
   */
  public static boolean holds(MemorySegment memory, long offset, long length, long number) {
    long word = first(number);
    long wrong = 0;
    long i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      wrong |= memory.get(WORD, offset + i) ^ word;
      word += STEP;
    }
    for (; i < length; i++) {
      wrong |= memory.get(ValueLayout.JAVA_BYTE, offset + i) ^ (byte) word;
      word >>>= Byte.SIZE;
    }
    return wrong == 0;
  }

  /**
   * Whether memory is zero.
   *
   * @param memory where to look
   * @param offset the first byte
   * @param length how many bytes
   * @return false if a byte is not zero
   */
  public static boolean isZero(MemorySegment memory, long offset, long length) {
    long wrong = 0;
    long i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      wrong |= memory.get(WORD, offset + i);
    }
    for (; i < length; i++) {
      wrong |= memory.get(ValueLayout.JAVA_BYTE, offset + i);
    }
    return wrong == 0;
  }

  private static long first(long number) {
    long x = (number + 1) * STEP;
    x ^= x >>> 29;
    x *= 0xBF58476D1CE4E5B9L;
    return x ^ (x >>> 32);
  }
}
