package dev.waitok.kmalloc;

import dev.waitok.kmalloc.vm.Levels;

/**
 * The marks on the FREE page queue, in pages: {@code 0 < interrupt < reserved < min < target}.
 *
 * <p>Ordinary requests that wait leave {@code reserved} pages; those that name the reserve, and
 * requests without wait, leave {@code interrupt}; preempting callers and those that name the
 * interrupt reserve take the last page. Below {@code min} the pageout thread is woken, and it
 * restores {@code target}.
 *
 * @param interrupt I, the interrupt reserve
 * @param reserved R, the reserve
 * @param min where pageout begins
 * @param target where pageout stops
 */
public record Thresholds(int interrupt, int reserved, int min, int target) {
  /** The smallest arena that the default marks fit: 8 pages. */
  static final int FEWEST_PAGES = 8;

  /**
   * Refuses marks that are not in order.
   *
   * @throws IllegalArgumentException if not {@code 0 < interrupt < reserved < min < target}
   */
  public Thresholds {
    if (!(0 < interrupt && interrupt < reserved && reserved < min && min < target)) {
      throw new IllegalArgumentException(
          "thresholds must be 0 < interrupt < reserved < min < target: interrupt="
              + interrupt
              + ", reserved="
              + reserved
              + ", min="
              + min
              + ", target="
              + target);
    }
  }

  /**
   * The default marks for an arena.
   *
   * <p>DragonFly BSD's of 2021: min = 64 + n/200, reserved = min/2 + 7, interrupt = min/8 + 7,
   * target = 2 min; scaled down together where target would be over an eighth of the arena, and
   * apart by one page and from 2 pages up at least.
   *
   * @param pages how many pages the arena has, 8 or more
   * @return the marks
   * @throws IllegalArgumentException if the arena has fewer pages
   */
  public static Thresholds forArena(int pages) {
    if (pages < FEWEST_PAGES) {
      throw new IllegalArgumentException(
          "an arena needs " + FEWEST_PAGES + " pages at least: pages=" + pages);
    }
    double full = 64 + pages / 200.0;
    double scale = Math.min(1, pages / 8.0 / (2 * full));
    int interrupt = Math.max(2, (int) ((full / 8 + 7) * scale));
    int reserved = Math.max(interrupt + 1, (int) ((full / 2 + 7) * scale));
    int min = Math.max(reserved + 1, (int) (full * scale));
    int target = Math.max(min + 1, (int) (2 * full * scale));
    return new Thresholds(interrupt, reserved, min, target);
  }

  Levels toLevels() {
    return new Levels(interrupt, reserved, min, target);
  }

  /** Refuses marks that an arena of so many pages cannot keep. */
  void requireFit(int pages) {
    if (target >= pages) {
      throw new IllegalArgumentException(
          "target must be below the arena's pages: target=" + target + ", pages=" + pages);
    }
  }
}
