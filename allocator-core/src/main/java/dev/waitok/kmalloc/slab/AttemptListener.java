package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.vm.Outcome;

/**
 * Is told of each attempt at memory that went past the zones. Called by the thread that made it.
 */
@FunctionalInterface
public interface AttemptListener {
  /** One attempt and what became of it. */
  void attempt(TypeLedger ledger, int demand, boolean preempting, Outcome outcome);
}
