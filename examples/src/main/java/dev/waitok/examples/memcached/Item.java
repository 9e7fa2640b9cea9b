package dev.waitok.examples.memcached;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A value in a block of memory, never changed once it is stored. Counted: the store holds it once,
 * and everybody who sends it once more; the last one frees the block.
 */
final class Item {
  /**
   * What an item costs on the heap beside its key, about: itself, its key's and its segment's
   * objects, its place in the table. It counts against the server's memory.
   */
  static final int OVERHEAD = 300;

  final MemorySegment value;
  final int flags;

  /** When it was stored, in milliseconds. */
  final long storedAt;

  /** Changes with each change of the key's value. Written before it is stored. */
  long cas;

  private final Store store;
  private final int charge;
  private final AtomicInteger holders = new AtomicInteger(1);
  private volatile long expiresAt;
  private volatile long usedAt;
  private volatile boolean fetched;

  /**
   * An item that its maker holds.
   *
   * @param charge what its store has charged for it, in bytes
   * @param expiresAt in milliseconds, {@link Long#MAX_VALUE} for never
   */
  Item(Store store, MemorySegment value, int charge, int flags, long expiresAt, long now) {
    this.store = store;
    this.charge = charge;
    this.value = value;
    this.flags = flags;
    this.expiresAt = expiresAt;
    this.storedAt = now;
    this.usedAt = now;
  }

  int length() {
    return (int) value.byteSize();
  }

  /** Holds it once more; by one who knows that somebody holds it. */
  void retain() {
    holders.incrementAndGet();
  }

  /** Holds it once less. A preemption point. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      store.free(this);
    }
  }

  int charge() {
    return charge;
  }

  boolean isExpired(long now) {
    return expiresAt <= now;
  }

  long expiresAt() {
    return expiresAt;
  }

  void expireAt(long millis) {
    expiresAt = millis;
  }

  void used(long now) {
    usedAt = now;
    fetched = true;
  }

  long usedAt() {
    return usedAt;
  }

  boolean wasFetched() {
    return fetched;
  }

  /** Its contents as text; for numbers, and tests. */
  String text() {
    byte[] bytes = value.toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
