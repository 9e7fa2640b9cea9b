package dev.waitok.examples.storm;

import dev.waitok.examples.trace.Trace;

/**
 * The arena and the rate of a storm when the command line names none: derived from the two traces
 * alone, by one rule for all of them.
 */
final class StormDefaults {
  private final Trace load;
  private final Trace interrupts;

  StormDefaults(Trace load, Trace interrupts) {
    this.load = load;
    this.interrupts = interrupts;
  }

  /** The smallest arena in which the load and the largest requests fit at all. */
  long smallestArena() {
    return 2 * load.livePeak() + 8 * Math.max(load.largest(), interrupts.largest());
  }

  /** Room for the load, for the largest requests in flight, and as much again for file pages. */
  long arena() {
    return 2 * smallestArena();
  }

  /** Ten thousand requests a second. */
  double rate() {
    return 10_000.0 * Math.max(1, interrupts.duration()) / (1e6 * interrupts.requests());
  }
}
