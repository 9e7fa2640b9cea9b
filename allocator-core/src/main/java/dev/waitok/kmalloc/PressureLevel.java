package dev.waitok.kmalloc;

/**
 * How short memory is, from the number of FREE and CACHE pages together: what a caller that waits
 * could have without waiting. A level is entered at its mark and left an eighth above it.
 */
public enum PressureLevel {
  /** There is enough. */
  NONE(0),
  /** Fewer pages than {@link Thresholds#target}: stop taking on new work. */
  TARGET(1),
  /** Fewer than {@link Thresholds#min}: finish what frees memory. */
  MIN(2),
  /** Fewer than {@link Thresholds#reserved}: ordinary requests wait. */
  SEVERE(3);

  private static final PressureLevel[] ALL = values();

  private final int number;

  PressureLevel(int number) {
    this.number = number;
  }

  /** The level as the lower rooms count it. */
  int number() {
    return number;
  }

  static PressureLevel of(int level) {
    return ALL[level];
  }
}
