package dev.waitok.lwkt.dispatch;

/** Chooses a dispatch: the best that passes its self-test, or the one asked for. */
public final class Dispatchers {
  private Dispatchers() {}

  /**
   * A dispatcher and why it was chosen.
   *
   * @param dispatcher the dispatcher, running
   * @param direct whether it is the direct one
   * @param reason the reason, for the user
   */
  public record Choice(Dispatcher dispatcher, boolean direct, String reason) {}

  /** Whether direct dispatch is wanted. */
  public enum Wish {
    /** Direct if it works here. */
    IF_POSSIBLE,
    /** Direct or nothing. */
    ALWAYS,
    /** Portable. */
    NEVER
  }

  /**
   * Chooses and starts a dispatcher.
   *
   * @param name names its threads
   * @param seats for how many seats
   * @param wish what is wanted
   * @param addWorkers whether portable dispatch may add workers to the default scheduler
   * @throws UnsupportedOperationException if direct dispatch is a must and does not work
   */
  public static Choice choose(String name, int seats, Wish wish, boolean addWorkers) {
    String reason = "asked for";
    if (wish != Wish.NEVER) {
      String refusal = SelfTest.refusal();
      if (refusal.isEmpty()) {
        return new Choice(
            new DirectDispatcher(name, seats), true, "the self-test of direct dispatch passed");
      }
      if (wish == Wish.ALWAYS) {
        throw new UnsupportedOperationException("direct dispatch does not work here: " + refusal);
      }
      reason = refusal;
    }
    return new Choice(new PortableDispatcher(name, seats, addWorkers), false, reason);
  }
}
