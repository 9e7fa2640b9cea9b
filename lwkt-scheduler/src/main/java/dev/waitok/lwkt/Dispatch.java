package dev.waitok.lwkt;

/** How control is handed from thread to thread. */
public enum Dispatch {
  /**
   * {@link #SIMULATED} inside a simulation; else {@link #DIRECT} if its self-test passes; else
   * {@link #PORTABLE}.
   */
  AUTO,

  /**
   * A cpu is a platform thread that runs its threads' continuations itself. Needs {@code
   * --add-opens java.base/java.lang=dev.waitok.lwkt}, or {@code =ALL-UNNAMED} on a class path.
   */
  DIRECT,

  /** Virtual threads of the default scheduler pass a baton. Needs no flag; promises no affinity. */
  PORTABLE,
  /**
   * One thread runs at a time, and a {@link dev.waitok.lwkt.sim.Simulation} chooses which. Only
   * inside one.
   */
  SIMULATED
}
