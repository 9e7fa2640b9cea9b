package dev.waitok.lwkt.dispatch;

import org.jspecify.annotations.Nullable;

/** A strand that is found through a scoped value of its own Java thread: where no carrier tells. */
abstract class BoundStrand extends Strand {
  /** Which strand a thread is; forks inherit the binding, so the thread is compared as well. */
  private static final ScopedValue<BoundStrand> CURRENT = ScopedValue.newInstance();

  /** Holds the seat. Only its own thread touches it, or whoever hands the seat to it. */
  boolean seated;

  BoundStrand(Object owner) {
    super(owner);
  }

  @SuppressWarnings("ReferenceEquality") // identity is meant
  static @Nullable Object currentOwner() {
    if (!CURRENT.isBound()) {
      return null;
    }
    BoundStrand strand = CURRENT.get();
    return strand.seated && strand.javaThread() == Thread.currentThread() ? strand.owner() : null;
  }

  /** Runs the body of this strand on its thread. */
  final void runBound(Runnable body) {
    ScopedValue.where(CURRENT, this).run(body);
  }
}
