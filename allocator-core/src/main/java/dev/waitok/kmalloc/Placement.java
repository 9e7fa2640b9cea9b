package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_CACHEALIGN;
import static dev.waitok.kmalloc.MallocFlags.M_POWEROF2;

import dev.waitok.kmalloc.guard.GuardLayout;
import dev.waitok.kmalloc.guard.Site;
import dev.waitok.kmalloc.slab.Shape;
import dev.waitok.kmalloc.slab.SizeClasses;
import org.jspecify.annotations.Nullable;

/**
 * How a request is placed in memory when it is no plain block.
 *
 * @param shape the block or run that serves it
 * @param left how many of its bytes lie before the caller's; 0 if it is not guarded
 * @param site who asked, if it is guarded
 */
record Placement(Shape shape, long left, @Nullable Site site) {
  private static final int CACHE_LINE = 64;

  /** The least alignment of a guarded block. */
  private static final int GUARDED_ALIGNMENT = 16;

  /** A request as it is. */
  static Placement plain(long asked, long alignment, int flags, int pageShift) {
    long size = rounded(asked, flags);
    return new Placement(shape(size, alignment(asked, alignment, flags), pageShift), 0, null);
  }

  /** A request with room for red zones. */
  static Placement guarded(long asked, long alignment, int flags, int pageShift) {
    long align = Math.max(GUARDED_ALIGNMENT, alignment(asked, alignment, flags));
    long total = GuardLayout.total(asked, align);
    return new Placement(shape(total, align, pageShift), GuardLayout.left(align), Site.here());
  }

  private static long rounded(long asked, int flags) {
    long size = (flags & M_POWEROF2) != 0 ? powerOfTwo(asked) : asked;
    return (flags & M_CACHEALIGN) != 0 && size < 512
        ? Math.max(CACHE_LINE, powerOfTwo(size))
        : size;
  }

  private static long alignment(long asked, long alignment, int flags) {
    long align = (flags & M_POWEROF2) != 0 ? Math.max(alignment, powerOfTwo(asked)) : alignment;
    return (flags & M_CACHEALIGN) != 0 ? Math.max(align, CACHE_LINE) : align;
  }

  private static Shape shape(long size, long align, int pageShift) {
    if (size <= SizeClasses.LARGEST && align <= Math.min(1L << pageShift, SizeClasses.LARGEST)) {
      int sizeClass =
          align == 1 ? SizeClasses.of((int) size) : SizeClasses.aligned((int) size, (int) align);
      if (sizeClass >= 0) {
        return Shape.block(sizeClass);
      }
    }
    int pages = (int) ((size + (1L << pageShift) - 1) >>> pageShift);
    return Shape.run(pages, (int) Math.max(1, align >>> pageShift));
  }

  private static long powerOfTwo(long size) {
    return size == 1 ? 1 : Long.highestOneBit(size - 1) << 1;
  }
}
