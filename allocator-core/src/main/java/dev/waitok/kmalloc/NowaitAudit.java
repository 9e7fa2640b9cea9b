package dev.waitok.kmalloc;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watches where the running program asks without wait, and says which of these places could have
 * waited: their every call was made where waiting is allowed, preempting or not. Made by {@link
 * Kmalloc#auditNowait}; closing it ends the watch, and the table stays.
 *
 * <p>While it is open each call of the tryKmalloc family costs some microseconds more, for the look
 * at its stack, and every other call some nanoseconds.
 */
public final class NowaitAudit implements Registration {
  private static final StackWalker WALKER = StackWalker.getInstance();

  /** Frames of these classes are the allocator's own. */
  private static final List<String> OWN =
      List.of(
          Kmalloc.class.getName(),
          MallocType.class.getName(),
          Calls.class.getName(),
          ObservedCalls.class.getName(),
          Observers.class.getName(),
          NowaitAudit.class.getName());

  /**
   * A place that asks without wait.
   *
   * @param place class, method, file and line
   * @param calls how often it asked
   * @param nulls how often it got null
   * @param preempting how often it preempted somebody
   * @param hard how often it may not have waited: in a hard section, with a spin lock, on a thread
   *     that was declared never to block
   */
  public record Site(String place, long calls, long nulls, long preempting, long hard) {
    /**
     * Whether {@code kmalloc} would have been allowed at every call.
     *
     * @return true if it never was where waiting is refused
     */
    public boolean canWait() {
      return hard == 0;
    }
  }

  private static final class Counts {
    private final LongAdder calls = new LongAdder();
    private final LongAdder nulls = new LongAdder();
    private final LongAdder preempting = new LongAdder();
    private final LongAdder hard = new LongAdder();
  }

  private final Callers callers;
  private final Observers observers;
  private final ConcurrentMap<String, Counts> sites = new ConcurrentHashMap<>();
  private final CallObserver observer =
      new CallObserver() {
        @Override
        public void tried(MallocType type, long size, boolean gaveNull) {
          count(gaveNull);
        }
      };

  NowaitAudit(Callers callers, Observers observers) {
    this.callers = callers;
    this.observers = observers;
    observers.add(observer);
  }

  private void count(boolean gaveNull) {
    Counts counts = sites.computeIfAbsent(place(), p -> new Counts());
    Caller caller = callers.caller();
    counts.calls.increment();
    if (gaveNull) {
      counts.nulls.increment();
    }
    if (caller.preempting()) {
      counts.preempting.increment();
    }
    if (caller.whyNotBlock() != null) {
      counts.hard.increment();
    }
  }

  private static String place() {
    return WALKER.walk(
        frames ->
            frames
                .filter(f -> OWN.stream().noneMatch(own -> isOf(f.getClassName(), own)))
                .findFirst()
                .map(f -> f.toStackTraceElement().toString())
                .orElse("unknown"));
  }

  private static boolean isOf(String className, String own) {
    return className.equals(own) || className.startsWith(own + "$");
  }

  /**
   * The places seen so far.
   *
   * @return those that can wait first, each kind by the number of nulls and calls
   */
  public List<Site> sites() {
    return sites.entrySet().stream()
        .map(
            e ->
                new Site(
                    e.getKey(),
                    e.getValue().calls.sum(),
                    e.getValue().nulls.sum(),
                    e.getValue().preempting.sum(),
                    e.getValue().hard.sum()))
        .sorted(
            Comparator.comparing(Site::canWait)
                .thenComparingLong(Site::nulls)
                .thenComparingLong(Site::calls)
                .reversed()
                .thenComparing(Site::place))
        .toList();
  }

  /** The table for people. */
  @Override
  public String toString() {
    List<Site> all = sites();
    StringBuilder table = new StringBuilder(1000);
    table.append(
        String.format(
            Locale.ROOT,
            "%d of %d sites can wait%n%-9s %12s %12s %12s %12s  %s",
            all.stream().filter(Site::canWait).count(),
            all.size(),
            "can wait",
            "calls",
            "nulls",
            "preempting",
            "may not",
            "site"));
    for (Site site : all) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%-9s %,12d %,12d %,12d %,12d  %s",
              site.canWait() ? "yes" : "no",
              site.calls,
              site.nulls,
              site.preempting,
              site.hard,
              site.place));
    }
    return table.toString();
  }

  /** Ends the watch. */
  @Override
  public void close() {
    observers.remove(observer);
  }
}
