package dev.waitok.examples.storm;

import dev.waitok.examples.trace.Trace;
import java.lang.foreign.MemorySegment;

/**
 * One interrupt's request for memory, on its way from the source through a handler to the consumer.
 * Each of them hands it on and does not look back.
 */
final class Request {
  private final int number;
  private final long size;
  private final long alignment;
  private final boolean zeroed;
  private final long due;
  private MemorySegment block = MemorySegment.NULL;
  private boolean switchedAway;

  /** The request of a trace's event, due at a {@link System#nanoTime}. */
  Request(Trace trace, int event, int number, long due) {
    this.number = number;
    this.size = trace.size(event);
    this.alignment = trace.operation(event) == Trace.MEMALIGN ? trace.argument(event) : 1;
    this.zeroed = trace.operation(event) == Trace.CALLOC;
    this.due = due;
  }

  /** Its place among all requests; also its pattern. */
  int number() {
    return number;
  }

  long size() {
    return size;
  }

  /** The alignment asked for; 1 for none. */
  long alignment() {
    return alignment;
  }

  boolean zeroed() {
    return zeroed;
  }

  long due() {
    return due;
  }

  /** The handler has its memory. */
  void served(MemorySegment memory, boolean afterSwitch) {
    block = memory;
    switchedAway = afterSwitch;
  }

  MemorySegment block() {
    return block;
  }

  /** Whether the handler preempted when it asked and did not when it got the memory. */
  boolean switchedAway() {
    return switchedAway;
  }
}
