package dev.waitok.lwkt.sync;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The sleepers of one cpu by what they sleep on, an object's identity. Owned by the cpu; others
 * only ask {@link #mayHold} to spare it a message.
 *
 * <p>The hint is never wrong in the harmful direction: a sleeper raises its bucket's count before
 * it looks at its condition a last time, and a waker changes the condition before it reads the
 * count.
 */
final class SleepQueue {
  /** Threads of one cpu seldom sleep on more things at a time; a shared bucket costs a message. */
  private static final int BUCKETS = 256;

  private final @Nullable SleepEntry[] heads = new @Nullable SleepEntry[BUCKETS];
  private final @Nullable SleepEntry[] tails = new @Nullable SleepEntry[BUCKETS];
  private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);

  private final int mask;

  /**
   * An empty queue.
   *
   * @param oneBucket whether identity hashes, which differ from run to run, must not matter
   */
  SleepQueue(boolean oneBucket) {
    mask = oneBucket ? 0 : BUCKETS - 1;
  }

  private int bucket(Object ident) {
    int hash = System.identityHashCode(ident);
    return (hash ^ hash >>> 12) & mask;
  }

  void add(SleepEntry entry, Object ident) {
    int bucket = bucket(ident);
    entry.ident = ident;
    SleepEntry tail = tails[bucket];
    entry.previous = tail;
    entry.next = null;
    if (tail == null) {
      heads[bucket] = entry;
    } else {
      tail.next = entry;
    }
    tails[bucket] = entry;
    counts.incrementAndGet(bucket); // a full fence before the caller's last look
  }

  void remove(SleepEntry entry) {
    Object ident = entry.ident;
    if (ident == null) {
      return;
    }
    int bucket = bucket(ident);
    SleepEntry previous = entry.previous;
    SleepEntry next = entry.next;
    if (previous == null) {
      heads[bucket] = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      tails[bucket] = previous;
    } else {
      next.previous = previous;
    }
    entry.previous = null;
    entry.next = null;
    entry.ident = null;
    counts.decrementAndGet(bucket);
  }

  /**
   * Wakes sleepers in the order in which they came. Whoever has only announced a sleep is told as
   * well, since it may be about to sleep, but does not count: it may as well go on without
   * sleeping, and would have used up a wake-up that is somebody else's.
   *
   * @param onlyOne whether to stop after one that sleeps
   * @return how many slept. On the cpu.
   */
  @SuppressWarnings("ReferenceEquality") // idents are identities
  int wake(Object ident, boolean onlyOne) {
    int woken = 0;
    SleepEntry entry = heads[bucket(ident)];
    while (entry != null) {
      SleepEntry next = entry.next;
      if (entry.ident == ident) {
        remove(entry);
        entry.thread.cpu().makeRunnable(entry.thread);
        if (entry.asleep) {
          woken++;
          if (onlyOne) {
            break;
          }
        }
      }
      entry = next;
    }
    return woken;
  }

  /** How many entries there are for an ident. On the cpu. */
  @SuppressWarnings("ReferenceEquality") // idents are identities
  int count(Object ident) {
    int count = 0;
    for (SleepEntry entry = heads[bucket(ident)]; entry != null; entry = entry.next) {
      count += entry.ident == ident ? 1 : 0;
    }
    return count;
  }

  /** Whether somebody may sleep on it here. Any thread, after a full fence. */
  boolean mayHold(Object ident) {
    return counts.get(bucket(ident)) > 0;
  }
}
