package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sched.Timer;
import org.jspecify.annotations.Nullable;

/** One thread's place in its cpu's sleep queue. On its cpu. */
final class SleepEntry extends Timer {
  final Tcb thread;
  @Nullable Object ident;
  @Nullable SleepEntry next;
  @Nullable SleepEntry previous;
  boolean expired;

  /** Off the cpu, or about to be: not only announced. */
  boolean asleep;

  SleepEntry(Tcb thread) {
    this.thread = thread;
  }

  static SleepEntry of(Tcb thread) {
    if (thread.sleepSlot() instanceof SleepEntry entry) {
      return entry;
    }
    SleepEntry entry = new SleepEntry(thread);
    thread.sleepSlot(entry);
    return entry;
  }

  boolean isQueued() {
    return ident != null;
  }

  @Override
  protected void fire() {
    expired = true;
    thread.cpu().makeRunnable(thread);
  }
}
