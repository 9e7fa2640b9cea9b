package dev.waitok.kmalloc.slab;

/**
 * What serves a request: a block of a size class, or a run of pages.
 *
 * @param sizeClass the class, or -1 for a run
 * @param pages how many pages the run has
 * @param align what its first page is a multiple of, in pages
 */
public record Shape(int sizeClass, int pages, int align) {
  /** A block of a class. */
  public static Shape block(int sizeClass) {
    return new Shape(sizeClass, 0, 1);
  }

  /** A run of pages. */
  public static Shape run(int pages, int align) {
    return new Shape(-1, pages, align);
  }

  /** Whether it is a block. */
  public boolean isBlock() {
    return sizeClass >= 0;
  }
}
