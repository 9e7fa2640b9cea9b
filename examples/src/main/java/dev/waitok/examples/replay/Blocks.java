package dev.waitok.examples.replay;

import dev.waitok.examples.trace.Trace;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where the block of each id is, handed from the thread that makes it to the one that frees it. An
 * id that is not there yet, or no more, has no place.
 */
final class Blocks {
  private static final long NOWHERE = 0;

  private final AtomicLongArray places;
  private final long[] sizes;

  Blocks(Trace trace) {
    places = new AtomicLongArray(trace.ids());
    sizes = new long[trace.ids()];
    for (int event = 0; event < trace.events(); event++) {
      if (trace.isRequest(event)) {
        sizes[trace.id(event)] = trace.size(event);
      }
    }
  }

  /** How many bytes were asked for. */
  long size(int id) {
    return sizes[id];
  }

  /** Publishes a block with what was written into it. */
  void put(int id, long offset) {
    places.setRelease(id, offset + 1);
  }

  boolean isThere(int id) {
    return places.getAcquire(id) != NOWHERE;
  }

  /** Takes a block that is there. */
  long take(int id) {
    long place = places.getAcquire(id);
    places.setPlain(id, NOWHERE);
    return place - 1;
  }
}
