package dev.waitok.examples.storm;

import dev.waitok.lwkt.Lwkt;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * From handlers that may not wait to a consumer that sleeps while there is nothing. Sending never
 * blocks, also not while preempting.
 */
final class Mailbox {
  private static final Duration RECHECK = Duration.ofMillis(100);

  private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();

  void send(Request request) {
    queue.add(request);
    Lwkt.wakeup(this);
  }

  /** The next request, or null if none came for a while. Called by an LWKT thread. */
  @Nullable Request receive() {
    @Nullable Request request = queue.poll();
    if (request == null) {
      Lwkt.tsleepInterlock(this);
      request = queue.poll();
      if (request == null) {
        Lwkt.tsleepInterlocked(this, "mailbox", RECHECK);
        request = queue.poll();
      }
    }
    return request;
  }
}
