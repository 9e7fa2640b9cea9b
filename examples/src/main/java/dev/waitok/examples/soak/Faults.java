package dev.waitok.examples.soak;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.Pager;
import dev.waitok.kmalloc.TestHooks;
import java.io.IOException;

/** Makes things go wrong, one in so many times, and counts that. */
final class Faults {
  private static final int ATTEMPTS = 20;
  private static final int READS = 50;
  private static final int SLOW_READS = 40;
  private static final int HANDLERS = 30;
  private static final long SLOW_NANOS = 500_000;

  private final World world;
  private final Tally tally;

  Faults(World world, Tally tally) {
    this.world = world;
    this.tally = tally;
  }

  /** What a faulty handler throws. */
  static final class HandlerFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HandlerFault() {
      super("a fault of the soak", null, false, false);
    }
  }

  /** What a faulty pager throws. */
  static final class ReadFault extends IOException {
    private static final long serialVersionUID = 1L;

    ReadFault(long offset) {
      super("a fault of the soak at offset " + offset);
    }
  }

  private boolean strikes(int oneIn) {
    if (world.choose(oneIn) != oneIn - 1) {
      return false;
    }
    tally.faults.incrementAndGet();
    return true;
  }

  /** Has attempts at pages find none though there are some, until switched off. */
  void failAttempts(Kmalloc kmalloc, boolean on) {
    TestHooks.of(kmalloc).failAttempts(on ? () -> strikes(ATTEMPTS) : null);
  }

  /** A pager whose reads fail or take long now and then. */
  Pager in(Pager pager) {
    return (offset, into) -> {
      if (strikes(READS)) {
        throw new ReadFault(offset);
      }
      if (strikes(SLOW_READS)) {
        world.rest(SLOW_NANOS);
      }
      pager.read(offset, into);
    };
  }

  /** Throws now and then, in a handler. */
  void inHandler() {
    if (strikes(HANDLERS)) {
      throw new HandlerFault();
    }
  }
}
