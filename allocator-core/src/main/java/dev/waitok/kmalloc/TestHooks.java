package dev.waitok.kmalloc;

import dev.waitok.kmalloc.vm.RestWatch;
import dev.waitok.kmalloc.vm.Shortage;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ways to set and watch an allocator's state that programs have no use for: for tests, and for
 * programs that measure.
 */
public final class TestHooks {
  private final Kmalloc kmalloc;

  private TestHooks(Kmalloc kmalloc) {
    this.kmalloc = kmalloc;
  }

  /**
   * The hooks of an allocator.
   *
   * @param kmalloc the allocator
   * @return its hooks
   */
  public static TestHooks of(Kmalloc kmalloc) {
    return new TestHooks(kmalloc);
  }

  /** Holds the pageout thread still; returns when no pass is under way. */
  public void holdPageout() {
    kmalloc.pageout().hold();
  }

  /** Lets the pageout thread run again. */
  public void resumePageout() {
    kmalloc.pageout().resume();
  }

  /**
   * Has the pageout thread run something at the beginning of each pass, which may hang: the
   * emergency thread takes over after 2 s and does not run it.
   *
   * @param with what; null for nothing
   */
  public void obstructPageout(@Nullable Runnable with) {
    kmalloc.pageout().obstruct(with);
  }

  /**
   * Takes one FREE page, whatever the floors say.
   *
   * @return its number, for {@link #giveFree}; -1 if FREE is empty
   */
  public int takeFree() {
    return kmalloc.queues().takeAnyFree(1);
  }

  /**
   * Gives back a page that {@link #takeFree} took.
   *
   * @param page its number
   */
  public void giveFree(int page) {
    kmalloc.queues().release(page, 1);
  }

  /**
   * Takes in the remote frees and idle zones of all owners and the quarantine, as a waiter does
   * before it waits. Cpus do it at their next preemption point.
   */
  public void callIn() {
    kmalloc.callIn();
  }

  /** How many pages the window has that is being cleared for somebody; 0 if there is none. */
  int windowPages() {
    return kmalloc.queues().windowPages();
  }

  /** The first page of that window. */
  int windowFirstPage() {
    return kmalloc.queues().windowFirstPage();
  }

  /** A watch of its own over refused requests; each run is what happens once a second. */
  Runnable shortage(LongConsumer refused) {
    return kmalloc.newWatch(
            new Shortage.Reporter() {
              @Override
              public void refused(long requests) {
                refused.accept(requests);
              }

              @Override
              public void stalled() {}
            })
        ::look;
  }

  /** Does what the trim service does once a period, now. */
  public void trim() {
    kmalloc.trim().round();
  }

  /**
   * Sets after how long a waiter looks again by itself, 1 s unless set.
   *
   * @param nanos in nanoseconds, {@link Long#MAX_VALUE} for never
   */
  public void recheckEvery(long nanos) {
    kmalloc.supply().recheckEvery(nanos);
  }

  /**
   * Breaks the rule that a wait and an attempt use the same test, to see that a test notices: a
   * wait asks for so many pages more.
   *
   * @param pages how many; 0 mends it
   */
  public void breakWaits(int pages) {
    kmalloc.queues().waitMargin(pages);
  }

  /**
   * Breaks the rule that who gives memory back has some kept for it, to see that a test notices:
   * reclaimers that are added from now on get no reserve.
   */
  public void breakReserve() {
    kmalloc.queues().keepNoReserve();
  }

  /**
   * Has attempts find no memory though there is some: those of the no-wait family, which give null,
   * and those of callers that preempt, which switch away if they may wait. Attempts that the zones
   * serve do not ask.
   *
   * @param when says of each attempt whether it fails, maybe while its caller preempts; or null
   */
  public void failAttempts(@Nullable BooleanSupplier when) {
    kmalloc.supply().fail(when);
  }

  /**
   * Sets who is told of attempts.
   *
   * @param observer or null for nobody
   */
  public void observe(@Nullable AttemptObserver observer) {
    kmalloc.observe(observer);
  }

  /**
   * How often an allocator that only a scheduler's threads use has looked whether they can run.
   *
   * @return the number so far; 0 for other allocators
   */
  public long restLooks() {
    RestWatch watch = kmalloc.restWatch();
    return watch == null ? 0 : watch.looks();
  }

  /**
   * Holds pages, zones and accounts against the numbered invariants, while nobody allocates or
   * frees.
   *
   * @throws IllegalStateException that names the invariant
   */
  public void checkInvariants() {
    kmalloc.queues().checkInvariants();
    kmalloc.owners().checkInvariants();
  }
}
