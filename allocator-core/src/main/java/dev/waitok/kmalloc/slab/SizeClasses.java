package dev.waitok.kmalloc.slab;

/**
 * The block sizes that zones are made of.
 *
 * <p>From 16 bytes in steps of 8 to 128, then eight steps to each doubling, up to 16 KiB: a request
 * above 128 bytes wastes at most an eighth. 71 classes:
 *
 * <pre>
 *      16 .. 128    by    8     15 classes
 *     144 .. 256    by   16      8
 *     288 .. 512    by   32      8
 *     576 .. 1024   by   64      8
 *    1152 .. 2048   by  128      8
 *    2304 .. 4096   by  256      8
 *    4608 .. 8192   by  512      8
 *    9216 .. 16384  by 1024      8
 * </pre>
 */
public final class SizeClasses {
  /** The largest block that a zone holds; larger requests are runs of pages. */
  public static final int LARGEST = 16 << 10;

  /** How many classes there are. */
  public static final int COUNT = 71;

  private static final int SMALLEST = 16;

  /** Requests up to this size find their class in a table, by eighths. */
  private static final int TABLE_LIMIT = 1024;

  private static final int[] SIZES = new int[COUNT];
  private static final byte[] BY_EIGHTHS = new byte[TABLE_LIMIT / 8 + 1];

  static {
    int size = SMALLEST;
    for (int i = 0; i < COUNT; i++) {
      SIZES[i] = size;
      size += size < 128 ? 8 : Integer.highestOneBit(size) / 8;
    }
    int sizeClass = 0;
    for (int eighth = 0; eighth < BY_EIGHTHS.length; eighth++) {
      if (eighth * 8 > SIZES[sizeClass]) {
        sizeClass++;
      }
      BY_EIGHTHS[eighth] = (byte) sizeClass;
    }
  }

  private SizeClasses() {}

  /** The block size of a class in bytes. */
  public static int size(int sizeClass) {
    return SIZES[sizeClass];
  }

  /** The smallest request that a class serves, in bytes. */
  static int leastSize(int sizeClass) {
    return sizeClass == 0 ? 1 : SIZES[sizeClass - 1] + 1;
  }

  /**
   * The smallest class whose blocks hold a request.
   *
   * @param bytes 1 to {@link #LARGEST}
   */
  public static int of(int bytes) {
    if (bytes <= TABLE_LIMIT) {
      return BY_EIGHTHS[(bytes + 7) >> 3];
    }
    int last = bytes - 1;
    int log = 31 - Integer.numberOfLeadingZeros(last);
    // Doubling 2^log has 8 classes; the one of 2^10 begins after 15 + 3 * 8 = 39 classes.
    return 39 + (log - 10) * 8 + ((last >> (log - 3)) & 7);
  }

  /**
   * The smallest class that holds a request and whose block size is a multiple of an alignment.
   *
   * @param alignment a power of two
   * @return the class, or -1 if only a run of pages can
   */
  public static int aligned(int bytes, int alignment) {
    for (int sizeClass = of(bytes); sizeClass < COUNT; sizeClass++) {
      if (SIZES[sizeClass] % alignment == 0) {
        return sizeClass;
      }
    }
    return -1;
  }
}
