package dev.waitok.lwkt.world;

/** Unwinds the threads of a world that is over. Nobody should catch it. */
public final class Aborted extends Error {
  private static final long serialVersionUID = 1L;

  Aborted() {
    super("the simulation is over", null, false, false);
  }
}
