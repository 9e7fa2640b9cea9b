package dev.waitok.lwkt.dispatch;

import dev.waitok.lwkt.world.World;

/** Chooses a dispatch: the best that passes its self-test, or the one asked for. */
public final class Dispatchers {
  private Dispatchers() {}

  /**
   * A dispatcher and why it was chosen.
   *
   * @param dispatcher the dispatcher, running
   * @param kind which one it is
   * @param reason the reason, for the user
   */
  public record Choice(Dispatcher dispatcher, Kind kind, String reason) {}

  /** The ways to hand control over. */
  public enum Kind {
    /** Carriers of our own. */
    DIRECT,
    /** Batons. */
    PORTABLE,
    /** One baton, and choices that are made for it. */
    SIMULATED
  }

  /** Which dispatch is wanted. */
  public enum Wish {
    /** Direct if it works here. */
    IF_POSSIBLE,
    /** Direct or nothing. */
    ALWAYS,
    /** Portable. */
    NEVER,
    /** That of the simulation that calls. */
    SIMULATED
  }

  /**
   * Chooses and starts a dispatcher.
   *
   * @param name names its threads
   * @param seats for how many seats
   * @param wish what is wanted
   * @param addWorkers whether portable dispatch may add workers to the default scheduler
   * @throws UnsupportedOperationException if what is wanted does not work here: direct dispatch
   *     without what it needs, simulated outside a simulation, another inside one
   */
  public static Choice choose(String name, int seats, Wish wish, boolean addWorkers) {
    World world = World.current();
    if (world != null && (wish == Wish.IF_POSSIBLE || wish == Wish.SIMULATED)) {
      return new Choice(
          new SimulatedDispatcher(world), Kind.SIMULATED, "started inside a simulation");
    }
    if (world != null) {
      throw new UnsupportedOperationException(
          "inside a simulation only simulated dispatch works: " + wish + " was asked for");
    }
    if (wish == Wish.SIMULATED) {
      throw new UnsupportedOperationException(
          "simulated dispatch works inside a simulation only, and no simulation calls");
    }
    String reason = "asked for";
    if (wish != Wish.NEVER) {
      String refusal = SelfTest.refusal();
      if (refusal.isEmpty()) {
        return new Choice(
            new DirectDispatcher(name, seats),
            Kind.DIRECT,
            "the self-test of direct dispatch passed");
      }
      if (wish == Wish.ALWAYS) {
        throw new UnsupportedOperationException("direct dispatch does not work here: " + refusal);
      }
      reason = refusal;
    }
    return new Choice(new PortableDispatcher(name, seats, addWorkers), Kind.PORTABLE, reason);
  }
}
