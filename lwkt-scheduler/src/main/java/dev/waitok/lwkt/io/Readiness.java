package dev.waitok.lwkt.io;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel and at most one handler that waits for it. A handler is taken out by whoever runs it,
 * so it runs once:
 *
 * <pre>
 *   no handler -> handler   // arm: the selector is told
 *   handler -> no handler   // the cpu serves what the selector saw; or disarm
 * </pre>
 *
 * <p>What the selector saw for a handler that was disarmed may meet the next one: readiness is a
 * hint, as everywhere in NIO.
 */
public final class Readiness {
  /** What a handler gets when its channel is closed. */
  public static final int CLOSED = 0;

  private final ReadinessLoop loop;
  private final SelectableChannel channel;
  private final AtomicReference<@Nullable IntConsumer> handler = new AtomicReference<>();

  /** What the handler wants; written before the selector's thread is told. */
  private volatile int wanted;

  /** What the selector saw, and when; written before the cpu is told. */
  private volatile int ready;

  private volatile long readySince;

  /** The selector's thread only. */
  private @Nullable SelectionKey key;

  Readiness(ReadinessLoop loop, SelectableChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** The channel. */
  public SelectableChannel channel() {
    return channel;
  }

  /** Whether the channel has been closed, or its source has. */
  public boolean isClosed() {
    return !channel.isOpen() || loop.isStopped();
  }

  /**
   * Has a handler run once, as soon as the channel is ready for one of some operations or closed.
   *
   * @return false if another one waits
   */
  public boolean arm(int operations, IntConsumer newHandler) {
    if (!handler.compareAndSet(null, newHandler)) {
      return false;
    }
    wanted = operations;
    loop.changed(this);
    return true;
  }

  /** Takes a handler back that has not run; false if it runs, or has. */
  public boolean disarm(IntConsumer former) {
    boolean taken = handler.compareAndSet(former, null);
    if (taken) {
      wanted = 0;
      loop.changed(this);
    }
    return taken;
  }

  /** Closes the channel; a handler that waits is told. From any thread. */
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      loop.changed(this);
    }
  }

  /** Takes the handler and what it is to be told, for whoever serves it. Never twice. */
  public @Nullable IntConsumer takeHandler() {
    return handler.getAndSet(null);
  }

  /** What the channel is ready for; {@link #CLOSED} if it is closed. */
  public int ready() {
    return ready;
  }

  /** When the selector saw it, by {@link System#nanoTime}. */
  public long readySince() {
    return readySince;
  }

  // On the selector's thread.

  boolean hasKey() {
    return key != null;
  }

  /** Follows what is wanted; false if the channel is closed, and forgotten now. */
  boolean follow(Selector selector) {
    int operations = handler.get() == null ? 0 : wanted;
    try {
      SelectionKey known = key;
      if (known != null) {
        known.interestOps(operations);
      } else if (operations != 0) {
        key = channel.register(selector, operations, this);
      }
      return channel.isOpen();
    } catch (CancelledKeyException | ClosedChannelException e) {
      return false; // whoever waits is told that it is closed
    }
  }

  /** The selector has seen that the channel is ready: it is not looked at until it is armed. */
  void seen(SelectionKey of) {
    try {
      of.interestOps(0);
      ready = of.readyOps();
    } catch (CancelledKeyException e) {
      ready = CLOSED;
    }
    readySince = System.nanoTime();
  }

  void seenClosed() {
    ready = CLOSED;
    readySince = System.nanoTime();
  }
}
