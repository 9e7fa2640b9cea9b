package dev.waitok.kmalloc.slab;

/** How many pages the zones of each class have, for one page size. */
final class ZoneLayout {
  /** A zone grows up to this many bytes, or one page, or what holds its blocks well. */
  private static final int LARGEST_ZONE = 64 << 10;

  /** A new zone has about this part of what its class has already: small programs stay small. */
  private static final int GROWTH = 8;

  private final int pageShift;
  private final int[] fewest = new int[SizeClasses.COUNT];
  private final int[] first = new int[SizeClasses.COUNT];
  private final int[] most = new int[SizeClasses.COUNT];

  ZoneLayout(int pageShift) {
    this.pageShift = pageShift;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      int size = SizeClasses.size(c);
      fewest[c] = pagesFor(size);
      int pages = fewest[c];
      while (8 * (((long) pages << pageShift) % size) > (long) pages << pageShift) {
        pages++;
      }
      first[c] = pages;
      int largest = Math.max(1, LARGEST_ZONE >> pageShift);
      most[c] = Math.max(pages, largest);
    }
  }

  /** The smallest run that holds one block. */
  int fewest(int sizeClass) {
    return fewest[sizeClass];
  }

  /** The run for a new zone where its class has so many bytes of zones already. */
  int preferred(int sizeClass, long bytesOfClass) {
    long pages = (bytesOfClass / GROWTH) >> pageShift;
    int step = first[sizeClass];
    return Math.clamp(pages, step, most[sizeClass]) / step * step;
  }

  /** The pages that hold so many bytes. */
  int pagesFor(long bytes) {
    return Math.toIntExact((bytes + (1L << pageShift) - 1) >> pageShift);
  }
}
