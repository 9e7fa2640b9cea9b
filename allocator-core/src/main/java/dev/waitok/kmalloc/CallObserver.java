package dev.waitok.kmalloc;

/**
 * Is told of every call that takes or gives memory, by its caller. It may run in any section and
 * while the caller preempts: it neither blocks nor takes memory from the arena.
 */
interface CallObserver {
  /** A block was given out, by whatever call. */
  default void given(MallocType type, long offset, long size, long alignment, int flags) {}

  /** A block is about to be taken back; nobody else has it yet. */
  default void taking(long offset) {}

  /** A call of the tryKmalloc family has ended. */
  default void tried(MallocType type, long size, boolean gaveNull) {}
}
