package dev.waitok.kmalloc.cache;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Values that say in every word whose they are, so that any other memory is seen as such. */
final class Stamps {
  private Stamps() {}

  static MemorySegment of(int key, int version, int words) {
    MemorySegment value = MemorySegment.ofArray(new long[words]);
    for (int i = 0; i < words; i++) {
      value.setAtIndex(JAVA_LONG_UNALIGNED, i, stamp(key, version));
    }
    return value;
  }

  /** The version in a value of this key. */
  static int check(int key, MemorySegment value) {
    int version = (int) value.getAtIndex(JAVA_LONG_UNALIGNED, 0);
    for (int i = 0; i < value.byteSize() / Long.BYTES; i++) {
      long seen = value.getAtIndex(JAVA_LONG_UNALIGNED, i);
      if (seen != stamp(key, version)) {
        throw new AssertionError(
            "not the value of key %d: word %d of %d is %x"
                .formatted(key, i, value.byteSize(), seen));
      }
    }
    return version;
  }

  private static long stamp(int key, int version) {
    return (long) key << 32 | version;
  }
}
