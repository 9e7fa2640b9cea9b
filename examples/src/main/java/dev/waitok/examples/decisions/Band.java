package dev.waitok.examples.decisions;

import dev.waitok.kmalloc.Thresholds;

/** The bands of FREE pages that the decision table tells apart, each with its two ends. */
enum Band {
  ABOVE_R("aboveR"),
  I_TO_R("I..R"),
  ONE_TO_I("1..I"),
  NONE("0");

  private final String label;

  Band(String label) {
    this.label = label;
  }

  /** The fewest FREE pages of this band. */
  int lowest(Thresholds thresholds) {
    return switch (this) {
      case ABOVE_R -> thresholds.reserved() + 1;
      case I_TO_R -> thresholds.interrupt() + 1;
      case ONE_TO_I -> 1;
      case NONE -> 0;
    };
  }

  /** The most FREE pages of this band, with so many at hand. */
  int highest(Thresholds thresholds, int available) {
    return switch (this) {
      case ABOVE_R -> available;
      case I_TO_R -> thresholds.reserved();
      case ONE_TO_I -> thresholds.interrupt();
      case NONE -> 0;
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
