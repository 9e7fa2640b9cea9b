package dev.waitok.kmalloc.netty;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Who is to be told when the next buffer is freed. Nobody, mostly: then a free costs one load. */
final class Releases {
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** Tells of the next release, once, on the thread that releases. */
  void next(Runnable told) {
    waiting.add(told);
  }

  void forget(Runnable told) {
    waiting.remove(told);
  }

  /** A buffer was freed. Those who are told may come back with a new wish, which is kept. */
  void ring() {
    for (int n = waiting.isEmpty() ? 0 : waiting.size(); n > 0; n--) {
      Runnable told = waiting.poll();
      if (told == null) {
        return;
      }
      told.run();
    }
  }
}
