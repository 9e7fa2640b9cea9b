package dev.waitok.kmalloc;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.jfr.AllocationEvent;
import dev.waitok.kmalloc.jfr.ExhaustionEvent;
import dev.waitok.kmalloc.jfr.StallEvent;
import dev.waitok.kmalloc.jfr.SwitchAwayEvent;
import dev.waitok.kmalloc.jfr.WaitEvent;
import dev.waitok.kmalloc.slab.AttemptListener;
import dev.waitok.kmalloc.slab.TypeLedger;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.Outcome;
import dev.waitok.kmalloc.vm.PageRequest;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of Java Flight FlightEvents out of what happens past the zones, where requests come
 * by anyway; what the zones serve is never looked at. An ordinary caller commits its own event,
 * with no lock held. One that preempts may be in a section that forbids anything slow: it only
 * leaves a note, which the watch's thread tells within a second.
 */
final class FlightEvents implements AttemptListener {
  /** Notes beyond this in one second say nothing new. */
  private static final int MOST_NOTES = 256;

  private record Note(String type, long bytes, boolean limit, String caller) {}

  private final Callers callers;
  private final MpscAtomicArrayQueue<Note> notes = new MpscAtomicArrayQueue<>(MOST_NOTES);
  private volatile @Nullable AttemptObserver observer;

  FlightEvents(Callers callers) {
    this.callers = callers;
  }

  void observe(@Nullable AttemptObserver newObserver) {
    observer = newObserver;
  }

  @Override
  public void attempt(
      TypeLedger ledger, long bytes, PageRequest request, boolean preempting, Outcome outcome) {
    AttemptObserver told = observer;
    if (told != null) {
      told.attempt(ledger.name(), preempting, AttemptObserver.Outcome.valueOf(outcome.name()));
    }
    switch (outcome) {
      case NULL -> refused(ledger.name(), bytes, false, preempting);
      case BLOCK, FREE, CACHE -> {
        if (!preempting) {
          served(ledger.name(), bytes, request, outcome);
        }
      }
      case WAIT, SWITCH -> {}
    }
  }

  private void served(String type, long bytes, PageRequest request, Outcome outcome) {
    if (AllocationEvent.isOn()) {
      AllocationEvent event = new AllocationEvent();
      event.type = type;
      event.bytes = bytes;
      event.source = outcome.name();
      event.commit();
    }
    if (WaitEvent.isOn()) {
      long waited = request.waited(callers.base().nanoTime());
      if (waited >= 0) {
        WaitEvent event = new WaitEvent();
        event.type = type;
        event.bytes = bytes;
        event.waited = waited;
        event.commit();
      }
    }
    if (SwitchAwayEvent.isOn()) {
      long away = request.away(callers.base().nanoTime());
      if (away >= 0) {
        SwitchAwayEvent event = new SwitchAwayEvent();
        event.type = type;
        event.bytes = bytes;
        event.away = away;
        event.commit();
      }
    }
  }

  /** A type's limit did not allow a request of the calling thread. */
  void limitReached(String type, long bytes) {
    if (ExhaustionEvent.isOn()) {
      Caller caller = callers.caller();
      refused(type, bytes, true, caller.preempting() || caller.whyNotBlock() != null);
    }
  }

  private void refused(String type, long bytes, boolean limit, boolean preempting) {
    if (!ExhaustionEvent.isOn()) {
      return;
    }
    String caller = Thread.currentThread().getName();
    if (preempting) {
      boolean _ = notes.offer(new Note(type, bytes, limit, caller));
    } else {
      commit(new Note(type, bytes, limit, caller), false);
    }
  }

  /** Tells what callers that preempt have left. On the watch's thread, once a second. */
  void tellDeferred() {
    for (Note note = notes.poll(); note != null; note = notes.poll()) {
      commit(note, true);
    }
  }

  private static void commit(Note note, boolean preempting) {
    ExhaustionEvent event = new ExhaustionEvent();
    event.type = note.type;
    event.bytes = note.bytes;
    event.limit = note.limit;
    event.preempting = preempting;
    event.caller = note.caller;
    event.commit();
  }

  /** Nothing has been freed for long and somebody waits. */
  static void stall(MemoryReport report) {
    if (StallEvent.isOn()) {
      StallEvent event = new StallEvent();
      event.waiting = report.waiters().size();
      event.report = report.toString();
      event.commit();
    }
  }
}
