package dev.waitok.examples.storm;

import dev.waitok.lwkt.Lwkt;
import java.lang.foreign.MemorySegment;

/**
 * Compares pages with the file, piece by piece, so that interrupts need not wait for a whole page.
 */
final class PageComparison {
  /** Bytes that are compared between two preemption points, in well under a microsecond. */
  private static final long PIECE = 2048;

  private final BackingFile file;
  private final long pageSize;
  private final Tally tally;

  PageComparison(BackingFile file, long pageSize, Tally tally) {
    this.file = file;
    this.pageSize = pageSize;
    this.tally = tally;
  }

  /** Counts a page as corrupt if it does not show what the file holds at its index. */
  void check(MemorySegment page, int index) {
    long offset = index * pageSize;
    for (long at = 0; at < page.byteSize(); at += PIECE) {
      if (!file.matches(page.asSlice(at, Math.min(PIECE, page.byteSize() - at)), offset + at)) {
        tally.corrupt();
        return;
      }
      Lwkt.poll();
    }
  }
}
