package dev.waitok.lwkt.dispatch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The platform thread that is a cpu of direct dispatch. */
final class Carrier extends Thread {
  /** Whose code runs now. Only this thread, or what it carries, touches it. */
  @Nullable Object occupant;

  /** What the room above left with this cpu. Only this thread, or what it carries, touches it. */
  @Nullable CpuNote note;

  private final SeatClient client;
  private final Runnable closed;

  Carrier(String name, SeatClient client, Runnable closed) {
    super(null, null, name, 0, false);
    this.client = Objects.requireNonNull(client);
    this.closed = closed;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      client.idle();
    } finally {
      closed.run();
    }
  }
}
