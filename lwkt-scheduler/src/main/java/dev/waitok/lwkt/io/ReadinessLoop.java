package dev.waitok.lwkt.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * A selector and the plain thread that waits at it. It alone touches keys; others queue what has
 * changed and wake it. The offer comes before the flag, and the flag is cleared before the queue is
 * looked at, so either the look finds the change or the change finds the flag clear and wakes.
 */
public final class ReadinessLoop {
  private static final int CHUNK = 256;

  /** How soon a channel that somebody else closed is noticed, in milliseconds. */
  private static final long LOOK_EVERY = 500;

  private final Selector selector;
  private final Predicate<Readiness> toCpu;
  private final MpscUnboundedAtomicArrayQueue<Readiness> changes =
      new MpscUnboundedAtomicArrayQueue<>(CHUNK);
  private final AtomicBoolean told = new AtomicBoolean();
  private final Set<Readiness> registered = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  /** Keys of channels that are not known to be closed. The selector's thread only. */
  private int keys;

  /**
   * Opens a selector.
   *
   * @param toCpu has the cpu serve a channel that is ready or closed; false if it takes no more
   */
  public ReadinessLoop(Predicate<Readiness> toCpu) {
    this.toCpu = toCpu;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for readiness of channels", e);
    }
  }

  /** Adds a channel, which is made non-blocking. */
  public Readiness add(SelectableChannel channel) throws IOException {
    channel.configureBlocking(false);
    Readiness readiness = new Readiness(this, channel);
    registered.add(readiness);
    return readiness;
  }

  /** How many channels there are that are not closed, as far as was noticed. */
  public int channels() {
    return registered.size();
  }

  boolean isStopped() {
    return stopped;
  }

  /** Has the selector's thread look at what is wanted of a channel. Never blocks for long. */
  void changed(Readiness readiness) {
    changes.offer(readiness);
    if (!told.getAndSet(true)) {
      selector.wakeup();
    }
    if (stopped) {
      serveRest(readiness); // the thread may have made its last look before the offer
    }
  }

  /** Ends the thread; whoever waits for a channel is told that it is closed. From any thread. */
  public void stop() {
    stopped = true;
    selector.wakeup();
  }

  /** The life of the thread. */
  public void run() {
    try (selector) {
      while (!stopped) {
        int _ = selector.select(this::seen, keys == 0 ? 0 : LOOK_EVERY);
        told.set(false);
        for (Readiness next = changes.relaxedPoll(); next != null; next = changes.relaxedPoll()) {
          follow(next);
        }
        if (selector.keys().size() < keys) {
          forgetClosed();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector failed", e);
    } finally {
      stopped = true;
      registered.forEach(this::serveRest);
    }
  }

  private void follow(Readiness readiness) {
    boolean had = readiness.hasKey();
    boolean open = readiness.follow(selector);
    if (!had && readiness.hasKey()) {
      keys++;
    }
    if (!open) {
      forget(readiness);
    }
  }

  private void seen(SelectionKey key) {
    Readiness readiness = (Readiness) key.attachment();
    readiness.seen(key);
    boolean _ = toCpu.test(readiness); // false: it stops, and then serves the rest
  }

  private void forgetClosed() {
    for (Readiness readiness : registered) {
      if (!readiness.channel().isOpen()) {
        forget(readiness);
      }
    }
  }

  private void forget(Readiness closed) {
    if (registered.remove(closed)) {
      keys -= closed.hasKey() ? 1 : 0;
      closed.seenClosed();
      if (!toCpu.test(closed)) {
        serveRest(closed);
      }
    }
  }

  /** The cpu takes no more: threads that wait must not wait for ever. */
  private void serveRest(Readiness readiness) {
    IntConsumer handler = readiness.takeHandler();
    if (handler instanceof Waiter waiter) {
      waiter.accept(Readiness.CLOSED);
    }
  }
}
