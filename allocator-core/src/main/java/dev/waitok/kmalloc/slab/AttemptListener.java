package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.vm.Outcome;
import dev.waitok.kmalloc.vm.PageRequest;

/**
 * Is told of each attempt at memory that went past the zones. Called by the thread that made it.
 */
@FunctionalInterface
public interface AttemptListener {
  /** One attempt of a request for so many bytes, and what became of it. */
  void attempt(
      TypeLedger ledger, long bytes, PageRequest request, boolean preempting, Outcome outcome);
}
