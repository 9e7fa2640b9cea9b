package dev.waitok.lwkt.sched;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What others have sent to one cpu, and how the cpu learns of it. Outside this room only {@link
 * #needsLook} is of use.
 */
public final class Inbox {
  /*
   * No wake-up is lost. A sender stores its message, stores need = 1, then loads `asleep`. A cpu that
   * goes to sleep stores asleep = true, then loads `need`. All four are volatile, so of the two loads
   * at least one sees the other's store.
   *
   * No message is overlooked. A cpu stores need = 0 and then polls. What the poll misses, because it
   * is still being offered (relaxedPoll does not wait for it), has its need = 1 still to come.
   *
   * No accepted message is dropped. The cpu closes by setting `closed` and then delivering what is
   * there. A sender that finds it closed after its offer cancels the message; if that comes too late,
   * the message was delivered.
   *
   * Between looks the cpu reads `need` as it is, volatile: a plain read would be hoisted out of a polling
   * loop, and an opaque one through a handle needs a check for null of its own (0.1 ns).
   */
  private static final VarHandle NEED;

  static {
    try {
      NEED = MethodHandles.lookup().findVarHandle(Inbox.class, "need", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A chunk of the queue; a burst longer than that allocates another. */
  private static final int CHUNK = 256;

  private final MpscUnboundedAtomicArrayQueue<Message> messages =
      new MpscUnboundedAtomicArrayQueue<>(CHUNK);

  /** Not 0: something waits to be looked at. */
  private volatile int need;

  /** Set in `need` for ever where every preemption point has to look, as in a simulation. */
  private static final int ALWAYS = 2;

  private final int always;
  private volatile boolean asleep;
  private volatile boolean closed;

  Inbox(boolean alwaysLooks) {
    always = alwaysLooks ? ALWAYS : 0;
    need = always;
  }

  /**
   * Adds a message; the caller then wakes the cpu if {@link #notice} says so. Any thread.
   *
   * @return false if the inbox is closed
   */
  boolean offer(Message message) {
    return !closed && messages.offer(message);
  }

  /** Whether a message that was offered will be delivered after all. Any thread, after notice. */
  boolean willDeliver(Message message) {
    return !(closed && message.cancel());
  }

  /** Has the cpu look soon. Any thread. Returns true if it must be woken for that. */
  boolean notice() {
    NEED.setVolatile(this, 1 | always);
    return asleep || always != 0;
  }

  /** The cpu takes note of something of its own to look at. On the cpu. */
  void needLook() {
    NEED.setOpaque(this, 1 | always);
  }

  /** Whether there may be something to look at: one volatile read. */
  public boolean needsLook() {
    return need() != 0;
  }

  /** Not 0 if {@link #needsLook}, for one branch with other conditions. */
  int need() {
    return need;
  }

  /** As {@link #needsLook}, for a cpu that has said it sleeps. */
  boolean mustNotSleep() {
    return ((int) NEED.getVolatile(this) & 1) != 0;
  }

  /** Everything noticed so far is about to be looked at. On the cpu. */
  void beginLook() {
    NEED.setVolatile(this, always);
  }

  /** The next message, or null if there is none, or none yet. On the cpu. */
  @Nullable Message next() {
    return messages.relaxedPoll();
  }

  /** The cpu goes to sleep, or is awake again. On the cpu. */
  void asleep(boolean now) {
    asleep = now;
  }

  /** Takes no more messages; those that are there are still to be delivered. On the cpu. */
  void close() {
    closed = true;
  }
}
