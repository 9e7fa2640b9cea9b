package dev.waitok.kmalloc.vm;

/** What became of one attempt at memory. */
public enum Outcome {
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
