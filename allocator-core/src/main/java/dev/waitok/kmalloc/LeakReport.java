package dev.waitok.kmalloc;

import dev.waitok.kmalloc.guard.Guarded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Who has guarded blocks. {@link #toString} is the list that is logged.
 *
 * @param leaks by type and place, the most bytes first
 */
public record LeakReport(List<Leak> leaks) {
  static final LeakReport NONE = new LeakReport(List.of());

  /** So many places have a line of their own. */
  private static final int MOST_LINES = 20;

  /** Copies the list. */
  public LeakReport {
    leaks = List.copyOf(leaks);
  }

  /**
   * The live blocks that one place allocated.
   *
   * @param type their type
   * @param site the place, innermost frame first
   * @param thread who allocated the oldest
   * @param blocks how many there are
   * @param bytes how many bytes were asked for
   * @param oldest the age of the oldest
   * @param youngest the age of the youngest
   * @param oneIn of how many allocations one is guarded, and so is counted here
   */
  public record Leak(
      String type,
      String site,
      String thread,
      long blocks,
      long bytes,
      Duration oldest,
      Duration youngest,
      int oneIn) {
    private Leak and(Leak other) {
      boolean older = oldest.compareTo(other.oldest) >= 0;
      return new Leak(
          type,
          site,
          older ? thread : other.thread,
          blocks + other.blocks,
          bytes + other.bytes,
          older ? oldest : other.oldest,
          youngest.compareTo(other.youngest) <= 0 ? youngest : other.youngest,
          oneIn);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: %,d blocks, %,d bytes%s, %,d to %,d ms old, allocated on %s at %s",
          type,
          blocks,
          bytes,
          oneIn == 1 ? "" : " (one in " + oneIn + " is counted)",
          youngest.toMillis(),
          oldest.toMillis(),
          thread,
          site);
    }
  }

  private record Place(String type, String site) {}

  static LeakReport of(List<Guarded> blocks, long now, ToIntFunction<String> oneIn) {
    Map<Place, Leak> places = new HashMap<>();
    for (Guarded block : blocks) {
      String type = block.ledger().name();
      String site = block.allocated().trace();
      Duration age = Duration.ofNanos(now - block.since());
      Leak leak =
          new Leak(
              type,
              site,
              block.allocated().thread(),
              1,
              block.size(),
              age,
              age,
              oneIn.applyAsInt(type));
      places.merge(new Place(type, site), leak, Leak::and);
    }
    List<Leak> leaks = new ArrayList<>(places.values());
    leaks.sort(Comparator.comparingLong(Leak::bytes).reversed());
    return new LeakReport(leaks);
  }

  @Override
  public String toString() {
    StringBuilder list = new StringBuilder(500);
    leaks.stream()
        .limit(MOST_LINES)
        .forEach(leak -> list.append(System.lineSeparator()).append("  ").append(leak));
    if (leaks.size() > MOST_LINES) {
      list.append(String.format(Locale.ROOT, "%n  and %d more places", leaks.size() - MOST_LINES));
    }
    return list.toString();
  }
}
