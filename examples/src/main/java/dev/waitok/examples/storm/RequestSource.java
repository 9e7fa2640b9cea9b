package dev.waitok.examples.storm;

import dev.waitok.examples.trace.Trace;
import dev.waitok.lwkt.ItemInterrupt;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The device: a platform thread that raises an interrupt for every request of a trace at its
 * recorded time. It never waits for the handlers; what they do not keep up with queues.
 */
final class RequestSource implements Runnable {
  /** Parking is about this late; the rest is spent spinning. */
  private static final long PARK_SLACK_NANOS = 80_000;

  private final Trace trace;
  private final int requests;
  private final double nanosPerMicro;
  private final List<ItemInterrupt<Request>> interrupts;
  private final Tally tally;

  RequestSource(
      Trace trace,
      int requests,
      double rate,
      List<ItemInterrupt<Request>> interrupts,
      Tally tally) {
    this.trace = trace;
    this.requests = requests;
    this.nanosPerMicro = 1000 / rate;
    this.interrupts = interrupts;
    this.tally = tally;
  }

  @Override
  public void run() {
    try {
      long start = System.nanoTime();
      int number = 0;
      for (int event = 0; event < trace.events() && number < requests; event++) {
        if (trace.isRequest(event)) {
          long due = start + (long) (trace.micros(event) * nanosPerMicro);
          await(due);
          interrupts.get(number % interrupts.size()).raise(new Request(trace, event, number, due));
          number++;
          if (tally.stopped()) {
            return;
          }
        }
      }
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  private static void await(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      if (left > PARK_SLACK_NANOS) {
        LockSupport.parkNanos(left - PARK_SLACK_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
