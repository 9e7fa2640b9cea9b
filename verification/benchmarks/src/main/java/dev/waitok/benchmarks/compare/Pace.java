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
  static final Pace QUICK = new Pace(3, 4, 3, 42);
  static final Pace LONG = new Pace(5, 10, 10, 100);

  /** Shows that everything works; the numbers mean nothing. */
  static final Pace SMOKE = new Pace(1, 1, 1, 1);

  /** How a new JVM is warmed up before its first task: the JIT has everything to compile. */
  Pace ofWarmUp() {
    return new Pace(1, 3 * warmUps, 1, millis);
  }
}
