package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.arena.ShortLock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One node in the tree of limits: how many bytes may be drawn from it, and how many are. A type has
 * one, and so has a group of types.
 *
 * <p>What a node has drawn, and at least what is reserved for it, is drawn from the node above: so
 * what is reserved is there, whatever others draw. Nothing is ever drawn beyond a limit, except
 * that a limit may be set lower than what is drawn already.
 *
 * <p>Any thread may call, in any section. A node with another above it has a short lock, held from
 * the leaf to the root; a lone node has none.
 */
public final class Budget {
  /** What {@link #draw} returns if it gives nothing. */
  static final long REFUSED = -1;

  /** An account's largest credit: 128 KiB, or a 64th of the limit if that is less. */
  static final long LARGEST_BATCH = 128 << 10;

  private final @Nullable Budget above;
  private final ShortLock lock = new ShortLock();
  private final AtomicLong drawn = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final AtomicInteger types = new AtomicInteger();
  private volatile long limit;
  private volatile long reserved;

  /**
   * A node from which nothing is drawn.
   *
   * @param above the node that it draws from, or null for none
   * @param limit the most bytes that may be drawn from it
   */
  public Budget(@Nullable Budget above, long limit) {
    this.above = above;
    this.limit = limit;
  }

  /** The node that it draws from, if any. */
  public @Nullable Budget above() {
    return above;
  }

  /** The node at the top. */
  Budget root() {
    return above == null ? this : above.root();
  }

  /** Whether it is a node or below it. */
  public boolean isIn(Budget node) {
    for (Budget b = this; b != null; b = b.above) {
      if (b == node) {
        return true;
      }
    }
    return false;
  }

  /** The most bytes that may be drawn. */
  public long limit() {
    return limit;
  }

  /** Sets the limit; what accounts have as credit has to be revoked. */
  void limit(long bytes) {
    limit = bytes;
  }

  /** The bytes that are there for it whatever others draw. */
  public long reserved() {
    return reserved;
  }

  /** Bytes that are drawn: used, kept as credit, or reserved below it. */
  public long drawn() {
    return drawn.get();
  }

  /** The most bytes ever drawn. */
  public long peak() {
    return peak.get();
  }

  /**
   * Sets what is reserved for it; only of a node that has one above it.
   *
   * @return false if the node above has not so much left, and nothing has changed
   */
  public boolean reserve(long bytes) {
    Budget from = above;
    if (from == null) {
      throw new IllegalStateException("there is nothing to reserve from");
    }
    lock.lock();
    try {
      long now = drawn.get();
      long more = Math.max(now, bytes) - Math.max(now, reserved);
      if (more > 0 && from.draw(more, more) == REFUSED) {
        return false;
      }
      if (more < 0) {
        from.giveBack(-more);
      }
      reserved = bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Draws some bytes here and above.
   *
   * @param least how many at least
   * @param most how many at most
   * @return how many, or {@link #REFUSED}
   */
  long draw(long least, long most) {
    Budget from = above;
    return from == null ? drawAlone(least, most) : drawFrom(from, least, most);
  }

  private long drawAlone(long least, long most) {
    while (true) {
      long before = drawn.get();
      long room = room(before);
      if (room < least) {
        return REFUSED;
      }
      long got = Math.min(room, most);
      if (drawn.compareAndSet(before, before + got)) {
        raisePeak(before + got);
        return got;
      }
    }
  }

  private long drawFrom(Budget from, long least, long most) {
    lock.lock();
    try {
      long before = drawn.get();
      long room = room(before);
      if (room < least) {
        return REFUSED;
      }
      long wanted = Math.min(room, most);
      long covered = Math.clamp(reserved - before, 0, wanted);
      long got = covered;
      if (covered < wanted) {
        long more = from.draw(Math.max(0, least - covered), wanted - covered);
        if (more != REFUSED) {
          got += more;
        } else if (covered < least) {
          return REFUSED;
        }
      }
      drawn.set(before + got);
      raisePeak(before + got);
      return got;
    } finally {
      lock.unlock();
    }
  }

  /** How much may still be drawn here. Frees that were counted twice may have left less than 0. */
  private long room(long before) {
    return before > 0 ? limit - before : limit;
  }

  /** Gives drawn bytes back. */
  void giveBack(long bytes) {
    Budget from = above;
    if (from == null) {
      drawn.addAndGet(-bytes);
      return;
    }
    lock.lock();
    try {
      long before = drawn.get();
      long after = before - bytes;
      drawn.set(after);
      long less = Math.max(before, reserved) - Math.max(after, reserved);
      if (less != 0) {
        from.giveBack(less);
      }
    } finally {
      lock.unlock();
    }
  }

  private void raisePeak(long bytes) {
    if (bytes > peak.get()) {
      peak.accumulateAndGet(bytes, Math::max);
    }
  }

  /**
   * Counts a type in the nodes above it, or one that has ended.
   *
   * @return whether the batches of other types there are smaller now, so that what they have as
   *     credit has to be revoked
   */
  boolean countType(int change) {
    boolean smaller = false;
    for (Budget b = above; b != null; b = b.above) {
      int now = b.types.addAndGet(change);
      smaller |= change > 0 && now > 1 && Integer.bitCount(now - 1) == 1 && b.isTight();
    }
    return smaller;
  }

  private boolean isTight() {
    return limit / 64 < LARGEST_BATCH * types.get();
  }

  /**
   * The most that an account keeps: as little as lets all accounts of a cpu together have a 64th of
   * each limit.
   */
  long batch() {
    long batch = Math.min(LARGEST_BATCH, limit / 64);
    for (Budget b = above; b != null; b = b.above) {
      batch = Math.min(batch, b.limit / 64 / share(b.types.get()));
    }
    return batch;
  }

  /** A power of two, so that few new types change it. */
  private static long share(int types) {
    return types <= 1 ? 1 : 2L * Integer.highestOneBit(types - 1);
  }
}
