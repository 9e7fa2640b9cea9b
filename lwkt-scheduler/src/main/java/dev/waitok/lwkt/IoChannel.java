package dev.waitok.lwkt;

import dev.waitok.lwkt.io.Readiness;
import dev.waitok.lwkt.io.Waiter;
import dev.waitok.lwkt.sync.Permit;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * A channel of an {@link IoSource}: one handler or one thread at a time waits until it is ready.
 * Readiness is a hint: a read may still find nothing, and is then waited for again.
 *
 * <p>Reading and writing are calls of the channel itself. A thread that is interrupted closes its
 * channel at its next such call, as NIO has it.
 */
public final class IoChannel implements AutoCloseable {
  private final IoSource source;
  private final Readiness readiness;

  IoChannel(IoSource source, Readiness readiness) {
    this.source = source;
    this.readiness = readiness;
  }

  /**
   * The channel.
   *
   * @return what was registered
   */
  public SelectableChannel channel() {
    return readiness.channel();
  }

  /**
   * Has a handler run once, in the source's interrupt, when the channel is ready or closed. It may
   * wait, and then holds up the source's other channels; better it wakes a thread. What it throws
   * goes to the event listener. From any thread; never blocks for longer than a wake-up of the
   * selector takes. After the source is closed it is not run any more.
   *
   * @param operations of {@link java.nio.channels.SelectionKey}, at least one
   * @param handler gets those that the channel is ready for, or 0 if it was closed
   * @throws IllegalArgumentException for no operations, or one that the channel has not
   * @throws IllegalStateException if a handler or a thread waits already
   */
  public void whenReady(int operations, IntConsumer handler) {
    checkOperations(operations);
    if (!readiness.arm(operations, Objects.requireNonNull(handler))) {
      throw Failures.waitedForAlready(source.name(), channel());
    }
  }

  private void checkOperations(int operations) {
    if (operations == 0 || (operations & ~channel().validOps()) != 0) {
      throw Failures.noSuchOperations(operations, channel());
    }
  }

  /**
   * Waits, off the cpu, until the channel is ready; see {@link #await(int, Duration)}.
   *
   * @param operations of {@link java.nio.channels.SelectionKey}, at least one
   * @return those that it is ready for
   * @throws AsynchronousCloseException if the channel or the source is closed
   * @throws InterruptedIOException if the thread is interrupted; its status stays set
   */
  public int await(int operations) throws IOException {
    return await(operations, Long.MAX_VALUE);
  }

  /**
   * Waits, off the cpu, until the channel is ready. A preempting thread returns the cpu to the
   * thread it preempts. Any other thread parks.
   *
   * @param operations of {@link java.nio.channels.SelectionKey}, at least one
   * @param atMost how long
   * @return those that it is ready for
   * @throws SocketTimeoutException if it was not ready in time
   * @throws AsynchronousCloseException if the channel or the source is closed
   * @throws InterruptedIOException if the thread is interrupted; its status stays set
   * @throws IllegalArgumentException for no operations, or one that the channel has not
   * @throws IllegalStateException if a handler or a thread waits already
   * @throws MustBlock in a FAST interrupt
   * @throws CannotBlockException in a hard section
   */
  public int await(int operations, Duration atMost) throws IOException {
    return await(operations, Lwkt.nanos(atMost));
  }

  private int await(int operations, long nanos) throws IOException {
    if (readiness.isClosed()) {
      throw new AsynchronousCloseException();
    }
    Waiter waiter = new Waiter();
    whenReady(operations, waiter);
    Permit.Outcome outcome;
    try {
      outcome = waiter.await(nanos);
    } catch (RuntimeException e) {
      boolean _ = readiness.disarm(waiter); // it may not block here
      throw e;
    }
    if (outcome != Permit.Outcome.WOKEN && readiness.disarm(waiter)) {
      throw outcome == Permit.Outcome.TIMED_OUT
          ? Failures.notReadyInTime(channel(), nanos)
          : Failures.interruptedAt(channel());
    }
    int ready = outcome == Permit.Outcome.WOKEN ? waiter.ready() : operations;
    if (ready == Readiness.CLOSED) {
      throw new AsynchronousCloseException();
    }
    return ready;
  }

  /**
   * Closes the channel; who waits for it is told. From any thread.
   *
   * @throws IOException if the channel's close throws it
   */
  @Override
  public void close() throws IOException {
    readiness.close();
  }

  @Override
  public String toString() {
    return source.name() + ": " + channel();
  }
}
