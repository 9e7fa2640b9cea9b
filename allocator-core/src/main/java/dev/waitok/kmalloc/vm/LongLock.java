package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.ShortLock;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import org.jspecify.annotations.Nullable;

/**
 * A lock that its waiters sleep for, each in its own context's way: a scheduler's thread gives up
 * its cpu, a plain thread parks. Not re-entrant, and a try by the thread that holds it fails. First
 * come, first woken. Never held while waiting for pages or for input and output.
 */
final class LongLock {
  private final ShortLock guard = new ShortLock();
  private boolean held;
  private @Nullable Waiter first;
  private @Nullable Waiter last;

  boolean tryLock() {
    guard.lock();
    try {
      boolean taken = !held;
      held = true;
      return taken;
    } finally {
      guard.unlock();
    }
  }

  void lock(Caller caller) {
    if (tryLock()) {
      return;
    }
    Waiter waiter = new Waiter(caller.newSleeper());
    enqueue(waiter);
    boolean locked = false;
    try {
      while (!tryLockAs(waiter)) {
        waiter.sleeper.sleep(Long.MAX_VALUE);
      }
      locked = true;
    } finally {
      if (!locked) {
        giveUp(waiter);
      }
    }
  }

  /** Takes a waiter whose sleep failed out of the line, and wakes the first if the lock is free. */
  private void giveUp(Waiter waiter) {
    Waiter woken;
    guard.lock();
    try {
      Waiter before = null;
      for (Waiter w = first; w != waiter && w != null; w = w.next) {
        before = w;
      }
      if (before == null) {
        first = waiter.next;
      } else {
        before.next = waiter.next;
      }
      if (last == waiter) {
        last = before;
      }
      woken = held ? null : first;
    } finally {
      guard.unlock();
    }
    if (woken != null) {
      woken.sleeper.wake();
    }
  }

  void unlock() {
    Waiter next;
    guard.lock();
    try {
      held = false;
      next = first;
    } finally {
      guard.unlock();
    }
    if (next != null) {
      next.sleeper.wake();
    }
  }

  private void enqueue(Waiter waiter) {
    guard.lock();
    try {
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
    } finally {
      guard.unlock();
    }
  }

  /** Takes the lock for the first in line, and takes that one out of the line. */
  private boolean tryLockAs(Waiter waiter) {
    guard.lock();
    try {
      if (held || first != waiter) {
        return false;
      }
      held = true;
      first = waiter.next;
      if (first == null) {
        last = null;
      }
      return true;
    } finally {
      guard.unlock();
    }
  }

  private static final class Waiter {
    private final Sleeper sleeper;
    private @Nullable Waiter next;

    Waiter(Sleeper sleeper) {
      this.sleeper = sleeper;
    }
  }
}
