package dev.waitok.kmalloc.vm;

/**
 * How short memory is, from the number of pages that a caller who waits could have: F + C. Written
 * under the page queues' lock, read without it.
 *
 * <p>It is worse at once when a mark is undercut, and better only an eighth above the mark, so that
 * pages that come and go at a mark do not ring the bell each time.
 */
final class PressureGauge {
  static final int NONE = 0;
  static final int TARGET = 1;
  static final int MIN = 2;
  static final int SEVERE = 3;

  private final Levels levels;
  private volatile int level;
  private volatile boolean unannounced;

  PressureGauge(Levels levels) {
    this.levels = levels;
  }

  private int mark(int of) {
    return switch (of) {
      case TARGET -> levels.target();
      case MIN -> levels.min();
      default -> levels.reserved();
    };
  }

  private int markBack(int of) {
    int mark = mark(of);
    return mark + mark / 8;
  }

  /** Notes how many pages there are now. */
  void see(int available) {
    int now = level;
    while (now < SEVERE && available < mark(now + 1)) {
      now++;
    }
    while (now > NONE && available >= markBack(now)) {
      now--;
    }
    if (now != level) {
      level = now;
      unannounced = true;
    }
  }

  int level() {
    return level;
  }

  /** Whether the level has changed since {@link #announce}. */
  boolean unannounced() {
    return unannounced;
  }

  /** The level to announce; a later change is announced again. */
  int announce() {
    unannounced = false;
    return level;
  }
}
