package dev.waitok.kmalloc.cache;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Values that the policy has let go of, until its locks are given back: kfree is a preemption
 * point, and who preempts there may want those locks.
 */
final class Dropped {
  private final AtomicReference<@Nullable Value> first = new AtomicReference<>();

  /** Adds one. Takes no lock and calls nobody. */
  void add(Value value) {
    Value seen;
    do {
      seen = first.get();
      value.next = seen;
    } while (!first.compareAndSet(seen, value));
  }

  /** Drops all; called with no lock of the policy's held. */
  void dropAll() {
    if (first.get() == null) {
      return;
    }
    Value value = first.getAndSet(null);
    while (value != null) {
      Value following = value.next;
      value.next = null;
      value.drop();
      value = following;
    }
  }
}
