package dev.waitok.examples.decisions;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

/** The rows of the decision table: what a caller may ask with. */
enum Row {
  WAITOK("M_WAITOK", M_WAITOK, true),
  WAITOK_RESERVE("M_WAITOK|M_USE_RESERVE", M_WAITOK | M_USE_RESERVE, true),
  INTWAIT("M_INTWAIT", M_INTWAIT, true),
  NOWAIT("M_NOWAIT", M_NOWAIT, false),
  INTNOWAIT("M_INTNOWAIT", M_INTNOWAIT, false);

  private final String label;
  private final int flags;
  private final boolean waits;

  Row(String label, int flags, boolean waits) {
    this.label = label;
    this.flags = flags;
    this.waits = waits;
  }

  int flags() {
    return flags;
  }

  /** Whether it is asked with kmalloc, not with tryKmalloc. */
  boolean waits() {
    return waits;
  }

  @Override
  public String toString() {
    return label;
  }
}
