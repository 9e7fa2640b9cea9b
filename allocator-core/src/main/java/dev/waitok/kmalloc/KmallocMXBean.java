package dev.waitok.kmalloc;

import java.util.List;

/** An allocator's figures for JMX consoles: see {@link Kmalloc#jmx}. */
public interface KmallocMXBean {
  /**
   * How many pages are in each state.
   *
   * @return the counts of one moment
   */
  PageCounts getPages();

  /**
   * What the page queues have seen.
   *
   * @return the figures
   */
  PageStatistics getPageStatistics();

  /**
   * The marks on the FREE queue.
   *
   * @return in pages
   */
  Thresholds getThresholds();

  /**
   * What all types have used, those with the most bytes first.
   *
   * @return the figures
   */
  List<TypeStatistics> getTypes();

  /**
   * What the reclaimers have done.
   *
   * @return those there are, cheapest first
   */
  List<ReclaimerStatistics> getReclaimers();

  /**
   * How short memory is.
   *
   * @return the level of the moment
   */
  PressureLevel getPressure();

  /**
   * Bytes of live blocks.
   *
   * @return by the size of the blocks
   */
  long getUsedBytes();

  /**
   * Bytes of pages that are neither FREE nor CACHE.
   *
   * @return in bytes
   */
  long getRetainedBytes();

  /**
   * What the arena has from the system.
   *
   * @return in bytes, -1 where the system does not tell; takes some milliseconds
   */
  long getResidentBytes();

  /**
   * Who holds the memory and who waits for it.
   *
   * @return a table for people
   */
  String report();

  /**
   * What {@code vmstat -m} of a kernel prints.
   *
   * @return a table for people
   */
  String vmstat();
}
