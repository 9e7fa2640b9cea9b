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
  static final Pace LONG = new Pace(5, 5, 10, 99);

  /** Shows that everything works; the numbers mean nothing. */
  static final Pace SMOKE = new Pace(1, 1, 1, 1);

  /** How a new JVM is warmed up by its first task: the JIT has everything to compile. */
  Pace ofStart() {
    return new Pace(1, 6 * warmUps, 1, millis);
  }

  /**
   * How it then goes once through the others, before anything counts: what one does shall not make
   * the JIT compile anew while the next is measured.
   */
  Pace ofGoingThrough() {
    return new Pace(1, warmUps, 1, millis);
  }
}
