package dev.waitok.examples.storm;

import dev.waitok.kmalloc.VmObject;
import java.util.concurrent.locks.LockSupport;

/**
 * A plain thread that tells the allocator, all the time, that the file's pages are not needed soon.
 * It holds the object's lock while it does, and whoever holds that lock keeps everybody from
 * reclaiming the object's pages, pageout too: CACHE is full of them and FREE is not refilled. This
 * is the moment of which a handler that interrupts somebody can know nothing.
 */
final class PageAdvisor implements AutoCloseable {
  /** Between two times, for those who want the lock: some tens of microseconds as they come out. */
  private static final long PAUSE_NANOS = 1_000;

  private final VmObject object;
  private final Tally tally;
  private final Thread thread;
  private volatile boolean stopped;

  /** An advisor, at work. */
  PageAdvisor(VmObject object, Tally tally) {
    this.object = object;
    this.tally = tally;
    this.thread = Thread.ofPlatform().name("advisor").start(this::run);
  }

  private void run() {
    try {
      while (!stopped) {
        object.cachePages();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
