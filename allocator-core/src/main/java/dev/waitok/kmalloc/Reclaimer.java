package dev.waitok.kmalloc;

/**
 * Gives memory back that the application can do without: entries of a cache, for example.
 *
 * <p>Runs on a thread of the allocator, when memory is short and no clean page is left, one call at
 * a time. It frees blocks with {@code kfree}. It may use {@code tryKmalloc}, which takes from the
 * pages reserved for it when FREE has none; a call that may wait for memory is refused with {@link
 * CannotBlockException}. It must not wait for a thread that may wait for memory. One that throws is
 * reported by its name and not called again. One that is not back after a second is reported, too,
 * and not called for ten times as long as it takes.
 */
@FunctionalInterface
public interface Reclaimer {
  /**
   * Gives memory back.
   *
   * @param pages about how many pages are wanted, 1 or more
   * @return about how many were given back; for statistics
   * @throws Exception never, if it can: it is set aside then
   */
  int reclaim(int pages) throws Exception;
}
