package dev.waitok.kmalloc.guard;

import dev.waitok.kmalloc.arena.ShortLock;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Freed blocks that are not to be used again yet, first in, first out, up to so many bytes. */
final class Quarantine {
  private final ShortLock lock = new ShortLock();
  private final long most;
  private @Nullable Guarded first;
  private @Nullable Guarded last;
  private final AtomicLong bytes = new AtomicLong();

  Quarantine(long most) {
    this.most = most;
  }

  /**
   * Puts a block in. Whoever stands in line for memory by now is seen by the caller afterwards, or
   * sees the block.
   */
  void put(Guarded block) {
    lock.lock();
    if (last == null) {
      first = block;
    } else {
      last.after = block;
    }
    last = block;
    bytes.addAndGet(block.total);
    lock.unlock();
    VarHandle.fullFence();
  }

  /** Takes the oldest block out if there are too many bytes, or in any case; or null. */
  @Nullable Guarded poll(boolean anyCase) {
    if (!anyCase && bytes.get() <= most) {
      return null;
    }
    lock.lock();
    Guarded taken = anyCase || bytes.get() > most ? first : null;
    if (taken != null) {
      first = taken.after;
      taken.after = null;
      if (first == null) {
        last = null;
      }
      bytes.addAndGet(-taken.total);
    }
    lock.unlock();
    return taken;
  }

  long bytes() {
    return bytes.get();
  }
}
