package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.jfr.ReclaimEvent;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Application code that gives memory back when pageout finds no more. */
public final class Reclaimers {
  /*
   * 1 Problem. Code that frees memory may itself need some, may wait for who waits for it, may fail, or
   *   may never return; none of that may reach who allocates.
   *
   * 2 Who runs them. Threads of their own, asked by pageout when FREE is below its target, or
   *   somebody waits, and CACHE did not help. So no reclaimer runs on a thread that allocates, let
   *   alone one that preempts; and a call of theirs that may wait is refused like any service
   *   thread's.
   *
   * 3 Order. Cheapest first, and stop when there is enough. One that brought nothing rests for a
   *   moment before it is asked again. Each runs on one thread at a time, so never within itself.
   *
   * 4 The reserve. Each says how many pages it may need while it runs. The sum over all is kept
   *   outside FREE (PageTable), refilled before any waiter is served, and each run may take its own
   *   share of it, after FREE and never more: so all may run at once, whatever the others take.
   *
   * 5 Setting aside. One that throws is reported with its name and not asked again. One that is not
   *   back after a second is reported, and another thread takes the place of its own; if it does come
   *   back (on a busy machine it was merely slow), it is not asked again for ten times as long as it
   *   took. For ever would leave those who wait without it, whose memory it has.
   *
   * 6 Invariants. PageTable I9.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Reclaimers.class);

  /** Two at a time: one may be slow. */
  private static final int THREADS = 2;

  /** Somebody who still waits has them asked again after this long: 100 ms. */
  private static final long TICK_NANOS = 100_000_000L;

  /** One that is not back after this long is set aside: 1 s. */
  public static final long OVERRUN_NANOS = 1_000_000_000L;

  /** One that was set aside for this and came back rests for so many times as long as it took. */
  private static final int OVERRUN_RESTS = 10;

  /** One that brought nothing is not asked again for this long: 5 ms. */
  private static final long REST_NANOS = 5_000_000L;

  /** What an application does to give memory back. */
  @FunctionalInterface
  public interface Work {
    /** Frees about so many pages; returns about how many it freed. */
    int reclaim(int pages) throws Exception;
  }

  /** What one has done. */
  public record Figures(
      String name, int cost, long calls, long pages, long nanos, @Nullable String setAside) {}

  private final PageQueues queues;
  private final Callers callers;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final List<Service> services = new CopyOnWriteArrayList<>();
  private volatile boolean any;
  private volatile boolean closed;

  /** None yet. */
  public Reclaimers(PageQueues queues, Callers callers) {
    this.queues = queues;
    this.callers = callers;
    queues.onReserve(this::shareOfCaller);
  }

  /**
   * Adds one.
   *
   * @param cost who costs less is asked first
   * @param pages how many pages it may need while it runs
   * @return what takes it off again, and its pages off the reserve
   */
  public Runnable add(String name, int cost, int pages, Work work) {
    Entry entry = new Entry(name, cost, pages, work);
    queues.reserve(pages);
    synchronized (this) {
      int place = 0;
      while (place < entries.size() && entries.get(place).cost <= cost) {
        place++;
      }
      entries.add(place, entry);
      for (int i = services.size(); i < THREADS && !closed; i++) {
        startThread();
      }
      any = true;
    }
    wake();
    return () -> remove(entry);
  }

  private synchronized void remove(Entry entry) {
    if (entries.remove(entry)) {
      queues.reserve(-entry.pages);
    }
  }

  private void startThread() {
    Service service =
        new Service("kmalloc-reclaim-" + services.size(), callers, TICK_NANOS, asked -> round());
    services.add(service);
    service.start();
  }

  /** Asks for a round, if there is anybody to ask. Never blocks. */
  void wake() {
    if (any) {
      services.forEach(Service::wake);
    }
  }

  /** Whether one runs, or will be asked again though it is set aside. */
  boolean isUnderWay() {
    return entries.stream().anyMatch(entry -> entry.runner != null || entry.overran);
  }

  /** Whether there is one that is not set aside for good. */
  boolean mayBring() {
    return entries.stream().anyMatch(entry -> entry.setAside == null || entry.overran);
  }

  /** What each has done, cheapest first. */
  public List<Figures> figures() {
    return entries.stream().map(Entry::figures).toList();
  }

  /** Goes on as long as that brings pages and they are not enough, or not in the run wanted. */
  private void round() {
    boolean brought = true;
    while (brought && !closed) {
      brought = false;
      for (Entry entry : entries) {
        int wanted = queues.shortfall();
        if (wanted <= 0) {
          return;
        }
        if (entry.begin(Thread.currentThread(), callers.base().nanoTime())) {
          brought |= run(entry, wanted);
        }
      }
    }
  }

  /** Runs one; whether pages came meanwhile. */
  private boolean run(Entry entry, int wanted) {
    long before = queues.pagesCame();
    boolean threw = false;
    int gave = 0;
    ReclaimEvent event = ReclaimEvent.isOn() ? new ReclaimEvent() : null;
    if (event != null) {
      event.begin();
    }
    try {
      gave = entry.work.reclaim(wanted);
    } catch (Throwable e) {
      threw = true;
      entry.setAside("it threw " + e);
      LOG.error("reclaimer {} failed and is set aside", entry.name, e);
    }
    if (event != null) {
      event.who = entry.name;
      event.pages = gave;
      event.commit();
    }
    long now = callers.base().nanoTime();
    long nanos = now - entry.startedAt;
    if (!threw && nanos > OVERRUN_NANOS) {
      boolean _ = overrun(entry, nanos);
    }
    // Pages that it took itself and freed again have come as well: they count for nothing.
    boolean idle = gave <= 0 || queues.pagesCame() == before;
    entry.end(gave, nanos, now, idle ? REST_NANOS : 0);
    return !idle;
  }

  /** Sets one aside that is late; false if it is already. */
  private static boolean overrun(Entry entry, long nanos) {
    boolean first = entry.overrun("it was not back after " + nanos / 1_000_000 + " ms");
    if (first) {
      LOG.error(
          "reclaimer {} is set aside: it is not back after {} ms", entry.name, nanos / 1_000_000);
    }
    return first;
  }

  /** Sets those aside that are not back, and replaces their threads. Called once a second. */
  public void look() {
    long now = callers.base().nanoTime();
    for (Entry entry : entries) {
      long nanos = now - entry.startedAt;
      if (entry.runner != null && nanos > OVERRUN_NANOS && overrun(entry, nanos)) {
        synchronized (this) {
          if (!closed) {
            startThread();
          }
        }
      }
    }
  }

  /** The share of the reserve that the calling thread may use: it runs a reclaimer; or null. */
  @SuppressWarnings("ReferenceEquality") // a thread is itself
  private @Nullable Share shareOfCaller() {
    if (!any) {
      return null;
    }
    Thread self = Thread.currentThread();
    for (Entry entry : entries) {
      if (entry.runner == self) {
        return entry.share;
      }
    }
    return null;
  }

  /** Ends the threads that end; one whose reclaimer does not return is left behind. */
  public void close(Caller caller) {
    synchronized (this) {
      closed = true;
    }
    for (Service service : services) {
      service.closeWithin(caller, OVERRUN_NANOS);
    }
  }

  /** What a run may still take of the reserve; guarded by the page queues' lock. */
  static final class Share {
    int left;
  }

  private static final class Entry {
    private final String name;
    private final int cost;
    private final int pages;
    private final Work work;
    private final Share share = new Share();
    private volatile @Nullable Thread runner;
    private volatile long startedAt;
    private volatile @Nullable String setAside;

    /** It is set aside because it took too long, and may be asked again when it is back. */
    private volatile boolean overran;

    private long notBefore;
    private boolean asked;
    private long calls;
    private long gave;
    private long nanos;

    Entry(String name, int cost, int pages, Work work) {
      this.name = name;
      this.cost = cost;
      this.pages = pages;
      this.work = work;
    }

    synchronized boolean begin(Thread thread, long now) {
      boolean setAsideForGood = setAside != null && !overran;
      if (runner != null || setAsideForGood || (asked && now - notBefore < 0)) {
        return false;
      }
      setAside = null;
      overran = false;
      asked = true;
      share.left = pages;
      startedAt = now;
      runner = thread;
      calls++;
      return true;
    }

    synchronized void setAside(String why) {
      setAside = why;
      overran = false;
    }

    synchronized boolean overrun(String why) {
      if (setAside != null) {
        return false;
      }
      setAside = why;
      overran = true;
      return true;
    }

    synchronized void end(int pagesGiven, long took, long now, long rest) {
      gave += Math.max(0, pagesGiven);
      nanos += took;
      notBefore = now + (overran ? OVERRUN_RESTS * took : rest);
      runner = null;
    }

    synchronized Figures figures() {
      return new Figures(name, cost, calls, gave, nanos, setAside);
    }
  }
}
