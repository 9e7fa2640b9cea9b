package dev.waitok.examples.soak;

import dev.waitok.lwkt.Lwkt;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** From handlers to those who check and free what they allocated. */
final class Outbox {
  private static final Duration RECHECK = Duration.ofMillis(100);

  private final ConcurrentLinkedQueue<Parcel> queue = new ConcurrentLinkedQueue<>();

  /** From any caller in any section. */
  void send(Parcel parcel) {
    queue.add(parcel);
    Lwkt.wakeup(this);
  }

  @Nullable Parcel poll() {
    return queue.poll();
  }

  /** The next one, or null if none came for a while. By an LWKT thread. */
  @Nullable Parcel receive() {
    @Nullable Parcel parcel = queue.poll();
    if (parcel == null) {
      Lwkt.tsleepInterlock(this);
      parcel = queue.poll();
      if (parcel == null) {
        Lwkt.tsleepInterlocked(this, "outbox", RECHECK);
        parcel = queue.poll();
      }
    }
    return parcel;
  }
}
