package dev.waitok.kmalloc;

import dev.waitok.kmalloc.jfr.PagesEvent;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.FlightRecorder;

/**
 * Tells Java Flight Recorder from time to time how many pages are in each state. An allocator that
 * was made before flight recording was first used in its process tells nothing: to ask to be called
 * would start it, which takes a quarter of a second.
 */
final class PageSampler implements AutoCloseable {
  private static final AtomicInteger MADE = new AtomicInteger();

  private final Kmalloc kmalloc;
  private final int number = MADE.incrementAndGet();
  private final Runnable hook = this::sample;
  private final boolean registered = FlightRecorder.isInitialized();

  PageSampler(Kmalloc kmalloc) {
    this.kmalloc = kmalloc;
    if (registered) {
      FlightRecorder.addPeriodicEvent(PagesEvent.class, hook);
      sample(); // one that lives shortly is seen, too
    }
  }

  /** On the recorder's thread, at the beginning and at the end. */
  private void sample() {
    PagesEvent event = new PagesEvent();
    if (!event.isEnabled()) {
      return;
    }
    PageCounts pages = kmalloc.pages();
    event.arena = number;
    event.free = pages.free();
    event.cache = pages.cache();
    event.inactive = pages.inactive();
    event.active = pages.active();
    event.hold = pages.hold();
    event.wired = pages.wired();
    event.waiting = kmalloc.pageStatistics().waiting();
    event.pressure = kmalloc.pressure().name();
    event.commit();
  }

  @Override
  public void close() {
    if (registered) {
      sample();
      boolean _ = FlightRecorder.removePeriodicEvent(hook);
    }
  }
}
