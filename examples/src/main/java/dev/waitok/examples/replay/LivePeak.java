package dev.waitok.examples.replay;

import java.util.concurrent.atomic.AtomicLong;

/** The sum of the sizes that are live, as they were asked for, and its peak. */
final class LivePeak {
  private final AtomicLong live = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  void add(long bytes) {
    long now = live.addAndGet(bytes);
    if (now > peak.getPlain()) {
      peak.accumulateAndGet(now, Math::max);
    }
  }

  long peak() {
    return peak.get();
  }
}
