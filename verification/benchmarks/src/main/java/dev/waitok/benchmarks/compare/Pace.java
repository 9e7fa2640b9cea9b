package dev.waitok.benchmarks.compare;

/**
 * How long things are measured.
 *
 * @param rounds in how many rounds everything is measured anew, each in new JVMs
 * @param warmUps iterations that do not count
 * @param iterations iterations that count
 * @param millis how long an iteration is
 */
record Pace(int rounds, int warmUps, int iterations, int millis) {
  static final Pace QUICK = new Pace(3, 4, 3, 60);
  static final Pace LONG = new Pace(5, 10, 10, 100);

  /** Shows that everything works; the numbers mean nothing. */
  static final Pace SMOKE = new Pace(1, 1, 1, 1);
}
