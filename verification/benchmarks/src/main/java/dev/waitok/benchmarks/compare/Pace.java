package dev.waitok.benchmarks.compare;

/**
 * How long things are measured.
 *
 * @param rounds in how many rounds everything is measured anew, each in new JVMs
 * @param warmUps iterations that do not count
 * @param iterations iterations that count
 * @param millis how long an iteration is; just below a multiple of a workload's round of 20
 */
record Pace(int rounds, int warmUps, int iterations, int millis) {
  static final Pace QUICK = new Pace(3, 2, 3, 39);
  static final Pace LONG = new Pace(3, 3, 7, 99);

  /** Shows that everything works; the numbers mean nothing. */
  static final Pace SMOKE = new Pace(1, 1, 1, 1);

  /**
   * How a new JVM goes once through its tasks before anything counts: for a second, or two where
   * they are many. What one does shall not make the JIT compile anew while the next is measured.
   *
   * @param tasks how many it has
   */
  Pace ofGoingThrough(int tasks) {
    return new Pace(1, Math.max(warmUps, 12 * warmUps / tasks), 1, millis);
  }
}
