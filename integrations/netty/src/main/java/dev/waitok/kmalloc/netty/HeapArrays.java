package dev.waitok.kmalloc.netty;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of heap buffers. Small ones are the garbage collector's; a few large ones, which it would
 * have to clear each time, are kept: at most 8 of 64 KiB to 2 MiB.
 */
final class HeapArrays {
  private static final int SMALLEST_KEPT = 64 << 10;
  private static final int LARGEST_KEPT = 2 << 20;
  private static final int MOST_KEPT = 8;

  private final AtomicReferenceArray<byte @Nullable []> kept =
      new AtomicReferenceArray<>(MOST_KEPT);
  private final LongAdder used = new LongAdder();

  /** An array of this length exactly, with any contents. */
  byte[] take(int length) {
    used.add(length);
    if (isKept(length)) {
      for (int i = 0; i < MOST_KEPT; i++) {
        byte[] array = kept.get(i);
        if (array != null && array.length == length && kept.compareAndSet(i, array, null)) {
          return array;
        }
      }
    }
    return new byte[length];
  }

  void give(byte[] array) {
    used.add(-array.length);
    if (isKept(array.length)) {
      for (int i = 0; i < MOST_KEPT; i++) {
        if (kept.get(i) == null && kept.compareAndSet(i, null, array)) {
          return;
        }
      }
    }
  }

  private static boolean isKept(int length) {
    return length >= SMALLEST_KEPT && length <= LARGEST_KEPT;
  }

  /** Bytes of arrays that buffers have. */
  long used() {
    return used.sum();
  }
}
