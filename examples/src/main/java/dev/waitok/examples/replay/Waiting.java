package dev.waitok.examples.replay;

import dev.waitok.lwkt.Lwkt;
import java.time.Duration;

/** How an LWKT thread waits for something that nobody will wake it for. */
public final class Waiting {
  /** Tries that only let others run; what is waited for is often a few events away. */
  private static final int SHORT = 8;

  /** Long against a switch, short against a slice of time. */
  private static final Duration NAP = Duration.ofNanos(50_000);

  private Waiting() {}

  /**
   * Lets others run: at first those that are ready, then, in a short sleep, everybody.
   *
   * @param ident what it sleeps on
   * @param tries how often it has waited for the same thing before
   */
  public static void pause(Object ident, int tries) {
    if (tries < SHORT) {
      Lwkt.yield();
    } else {
      Lwkt.tsleep(ident, "replay", NAP);
    }
  }
}
