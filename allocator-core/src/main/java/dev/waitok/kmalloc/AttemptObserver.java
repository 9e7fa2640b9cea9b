package dev.waitok.kmalloc;

/**
 * Is told what became of each attempt at memory that went past the zones. Called by the thread that
 * made the attempt, maybe while it preempts: it must neither block nor allocate from the same
 * arena.
 */
@FunctionalInterface
public interface AttemptObserver {
  /** What became of an attempt. */
  enum Outcome {
    /** A block of a zone that was there already. */
    BLOCK,
    /** Pages from the FREE queue. */
    FREE,
    /** Pages reclaimed from the CACHE queue. */
    CACHE,
    /** Nothing, and the caller does not wait. */
    NULL,
    /** Nothing: the caller waits. */
    WAIT,
    /** Nothing: the preempting caller switches away. */
    SWITCH
  }

  /**
   * One attempt.
   *
   * @param typeName the type that asked
   * @param preempting whether the caller preempted at that attempt
   * @param outcome what became of it
   */
  void attempt(String typeName, boolean preempting, Outcome outcome);
}
