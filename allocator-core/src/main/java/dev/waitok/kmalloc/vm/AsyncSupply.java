package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests for which nobody waits: they stand in the same line as the threads that do, and a
 * service thread makes their attempts and tells who asked.
 *
 * <p>The asking thread makes the first attempt. After that only the service thread touches the
 * request, so that giving up needs no lock: it is a mark, and a wake-up like any other.
 */
public final class AsyncSupply {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncSupply.class);

  /** The answer of a request that was given up. */
  public static final long ABANDONED = -9;

  private final PageSupply supply;
  private final Callers callers;
  private final Queue<Ticket> woken = new ConcurrentLinkedQueue<>();
  private final Set<Ticket> tickets = ConcurrentHashMap.newKeySet();
  private final Service service;
  private long pagesSeen;

  /**
   * A service, not yet started.
   *
   * @param supply who decides
   */
  public AsyncSupply(PageSupply supply, Callers callers) {
    this.supply = supply;
    this.callers = callers;
    this.service = new Service("kmalloc-async", callers, 1_000_000_000L, this::serve);
  }

  /** Starts the service. */
  public void start() {
    service.start();
  }

  /** Ends the service, after the supply was closed; who still waits is told. */
  public void close(Caller caller) {
    service.close(caller);
    failAll();
  }

  /** A request in line, and a way to give it up. */
  public final class Ticket implements Sleeper {
    private final PageRequest request;
    private final LongConsumer done;
    private final AtomicBoolean queued = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private volatile boolean abandoned;
    private boolean calledIn;

    private Ticket(PageRequest request, LongConsumer done) {
      this.request = request;
      this.done = done;
    }

    /** Gives the request up: it leaves the line, and what it may have been granted goes on. */
    public void abandon() {
      abandoned = true;
      wake();
    }

    @Override
    public void sleep(long nanos) {
      throw new IllegalStateException("nobody sleeps for an asynchronous request");
    }

    @Override
    public void wake() {
      if (queued.compareAndSet(false, true)) {
        woken.add(this);
        service.wake();
      }
    }

    private void step(Caller caller) {
      queued.set(false);
      if (finished.get()) {
        return;
      }
      if (abandoned) {
        finish(ABANDONED);
        return;
      }
      if (!calledIn) {
        calledIn = true;
        request.callIn();
      }
      long result = supply.tryOnce(request, caller);
      if (result != PageRequest.NONE) {
        finish(result);
      }
    }

    private void finish(long result) {
      if (finished.compareAndSet(false, true)) {
        tickets.remove(this);
        supply.leave(request);
        done.accept(result);
      }
    }
  }

  /**
   * Makes one attempt for the caller; if it finds nothing, the request goes into line.
   *
   * @param done told the result, if it is not returned, on the service thread; it must not block
   * @return the result; or {@link PageRequest#NONE} and a ticket for {@code ticket}
   */
  public Submitted submit(PageRequest request, LongConsumer done) {
    long result = supply.tryOnce(request, callers.caller());
    if (result != PageRequest.NONE) {
      return new Submitted(result, null);
    }
    Ticket ticket = new Ticket(request, done);
    tickets.add(ticket);
    supply.standInLine(request, ticket);
    ticket.wake();
    if (supply.isClosed()) {
      ticket.finish(PageRequest.CLOSED);
    }
    return new Submitted(PageRequest.NONE, ticket);
  }

  /** What became of a submission: a result, or a ticket. */
  public record Submitted(long result, @Nullable Ticket ticket) {}

  private void serve(boolean asked) {
    Caller caller = callers.caller();
    if (!asked && !tickets.isEmpty()) {
      long pages = supply.queues().pagesCame();
      if (pages == pagesSeen) {
        supply.queues().liftHold(pages);
        tickets.forEach(ticket -> stepGuarded(ticket, caller));
      }
      pagesSeen = pages;
    }
    for (Ticket ticket = woken.poll(); ticket != null; ticket = woken.poll()) {
      stepGuarded(ticket, caller);
    }
  }

  private static void stepGuarded(Ticket ticket, Caller caller) {
    try {
      ticket.step(caller);
    } catch (Throwable e) {
      LOG.error("an attempt for an asynchronous request failed; it stays in line", e);
    }
  }

  private void failAll() {
    tickets.forEach(ticket -> ticket.finish(PageRequest.CLOSED));
  }
}
