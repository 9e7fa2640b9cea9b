package dev.waitok.kmalloc;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Who holds the memory, at one moment. {@link #toString} is the table that is logged, {@link
 * #vmstat} the one that a kernel prints.
 *
 * @param pages how many pages are in each state
 * @param pageStatistics what the page queues have seen
 * @param types what the types use, the largest first
 * @param groups what groups of types use, by name
 * @param waiters who waits, in line
 */
public record MemoryReport(
    PageCounts pages,
    PageStatistics pageStatistics,
    List<TypeStatistics> types,
    List<GroupStatistics> groups,
    List<Waiter> waiters) {
  /** So many types and waiters have a line of their own. */
  private static final int MOST_LINES = 20;

  /** Copies the lists. */
  public MemoryReport {
    types = List.copyOf(types);
    groups = List.copyOf(groups);
    waiters = List.copyOf(waiters);
  }

  /**
   * One who waits.
   *
   * @param request what it asked for
   * @param pages how many pages in a row would serve it
   * @param waitedMillis for how long
   */
  public record Waiter(String request, int pages, long waitedMillis) {}

  /**
   * Bytes of live blocks, and of those that somebody waits for, which are charged already.
   *
   * @return by the size of the blocks
   */
  public long used() {
    return types.stream().mapToLong(TypeStatistics::bytes).sum();
  }

  /**
   * Bytes of pages that are neither FREE nor CACHE.
   *
   * @return in bytes
   */
  public long retained() {
    return (pages.total() - pages.free() - pages.cache()) * pages.pageSize();
  }

  /**
   * Bytes that owners of zones keep for blocks to come, in zones in use and idle.
   *
   * @return in bytes, of the moment
   */
  public long cached() {
    return Math.max(0, pages.wired() * pages.pageSize() - used());
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder(1000);
    table.append(
        String.format(
            Locale.ROOT,
            "used %,d, cached %,d, retained %,d, retained peak %,d bytes; pages %d of %d bytes:"
                + " free %d, cache %d, inactive %d, active %d, held %d, wired %d; waiting %d",
            used(),
            cached(),
            retained(),
            pageStatistics.retainedPeak() * pages.pageSize(),
            pages.total(),
            pages.pageSize(),
            pages.free(),
            pages.cache(),
            pages.inactive(),
            pages.active(),
            pages.hold(),
            pages.wired(),
            pageStatistics.waiting()));
    table.append(
        String.format(
            Locale.ROOT,
            "%n  %-20s %14s %14s %12s %12s %10s %10s",
            "type",
            "used",
            "peak",
            "blocks",
            "requests",
            "failures",
            "waits"));
    types.stream().limit(MOST_LINES).forEach(type -> typeLine(table, type));
    more(table, types.size(), "types");
    groups.stream().limit(MOST_LINES).forEach(group -> groupLine(table, group));
    more(table, groups.size(), "groups");
    waiters.stream()
        .limit(MOST_LINES)
        .forEach(
            w ->
                table.append(
                    String.format(
                        Locale.ROOT,
                        "%n  waits %,d ms: %s, %d pages",
                        w.waitedMillis(),
                        w.request(),
                        w.pages())));
    more(table, waiters.size(), "waiters");
    return table.toString();
  }

  private static void typeLine(StringBuilder table, TypeStatistics type) {
    table.append(
        String.format(
            Locale.ROOT,
            "%n  %-20s %,14d %,14d %,12d %,12d %,10d %,10d",
            type.name(),
            type.bytes(),
            type.peakBytes(),
            type.inUse(),
            type.requests(),
            type.failures(),
            type.waits()));
  }

  private static void groupLine(StringBuilder table, GroupStatistics group) {
    table.append(
        String.format(
            Locale.ROOT,
            "%n  group %-14s %,14d %,14d of %s, used or reserved %,d%s",
            group.name(),
            group.bytes(),
            group.peakBytes(),
            limit(group.limit()),
            group.drawnBytes(),
            group.parent() == null ? "" : ", in " + group.parent()));
  }

  private static String limit(long bytes) {
    return bytes == Long.MAX_VALUE ? "no limit" : String.format(Locale.ROOT, "%,d", bytes);
  }

  /**
   * What {@code vmstat -m} of a kernel prints: every type with a line, by name; then the groups.
   *
   * @return a table with a heading
   */
  public String vmstat() {
    StringBuilder table = new StringBuilder(1000);
    table.append(
        String.format(
            Locale.ROOT,
            "%-20s %10s %12s %12s %12s %12s %10s %10s %10s",
            "Type",
            "InUse",
            "MemUse",
            "HighUse",
            "Limit",
            "Requests",
            "Failures",
            "Waits",
            "Switches"));
    types.stream()
        .sorted(Comparator.comparing(TypeStatistics::name))
        .forEach(
            type ->
                table.append(
                    String.format(
                        Locale.ROOT,
                        "%n%-20s %10d %12s %12s %12s %12d %10d %10d %10d",
                        type.name(),
                        type.inUse(),
                        kib(type.bytes()),
                        kib(type.peakBytes()),
                        type.limit() == Long.MAX_VALUE ? "-" : kib(type.limit()),
                        type.requests(),
                        type.failures(),
                        type.waits(),
                        type.switchAways())));
    for (GroupStatistics group : groups) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%-20s %10s %12s %12s %12s",
              group.name() + "/",
              "",
              kib(group.bytes()),
              kib(group.peakBytes()),
              group.limit() == Long.MAX_VALUE ? "-" : kib(group.limit())));
    }
    return table.toString();
  }

  private static String kib(long bytes) {
    return (bytes + 1023) / 1024 + "K";
  }

  private static void more(StringBuilder table, int size, String what) {
    if (size > MOST_LINES) {
      table.append(String.format(Locale.ROOT, "%n  and %d more %s", size - MOST_LINES, what));
    }
  }
}
