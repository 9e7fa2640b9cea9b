package dev.waitok.lwkt.sched;

import java.util.Locale;

/** States what must always be true. */
final class Invariant {
  private Invariant() {}

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
  static void hold(boolean condition, String format, Object... arguments) {
    if (!condition) {
      throw new AssertionError(String.format(Locale.ROOT, format, arguments));
    }
  }
}
