package dev.waitok.examples.decisions;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.Scheduler;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageClassPolicy;
import dev.waitok.kmalloc.PageCounts;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Drives a fresh allocator and scheduler into one state, asks for one page there, and says what
 * happened. Pageout is held still meanwhile; a caller that waits gets pages after it was seen to.
 */
final class Measurement {
  /** Large enough that one page is a request for a run of pages, never served from a zone. */
  static final long PAGE_SIZE = 32 << 10;

  /** Pages of the arena: enough for all four thresholds to be apart. */
  private static final int PAGES = 512;

  /** CACHE pages where CACHE is full. */
  private static final int CACHED = 16;

  private static final long PATIENCE_SECONDS = 30;

  private final DispatchOption dispatch;
  private final PageClassPolicy policy;

  Measurement(DispatchOption dispatch, PageClassPolicy policy) {
    this.dispatch = dispatch;
    this.policy = policy;
  }

  /** A cell and how the threads were dispatched. */
  record Result(Cell cell, String dispatch) {}

  /** Measures one state at one end of its band. */
  Result measure(Row row, boolean preempting, Band band, boolean highest, boolean full)
      throws IOException, InterruptedException {
    try (Kmalloc kmalloc =
            Kmalloc.builder()
                .arena(PAGES * PAGE_SIZE)
                .pageSize(PAGE_SIZE)
                .pageClassPolicy(policy)
                .build();
        Lwkt lwkt = Scheduler.start(kmalloc, dispatch, 1)) {
      MallocType type = kmalloc.type("decision");
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.holdPageout();
      try (VmObject object =
          kmalloc.object(CACHED * PAGE_SIZE, (offset, page) -> page.fill((byte) offset))) {
        if (full) {
          fillCache(object);
        }
        int free =
            highest
                ? band.highest(kmalloc.thresholds(), kmalloc.pages().free())
                : band.lowest(kmalloc.thresholds());
        FreePages freePages = new FreePages(kmalloc, hooks);
        freePages.leave(free);
        Attempts attempts = new Attempts(kmalloc, type.name());
        PageCounts before = kmalloc.pages();
        hooks.observe(attempts);
        ask(lwkt, kmalloc, type, row, preempting, freePages, attempts);
        hooks.observe(null);
        if (attempts.firstPreempted() != preempting) {
          throw new IllegalStateException(row + ": the caller's circumstances were not as asked");
        }
        Cell cell =
            new Cell(
                row.toString(),
                preempting,
                band.toString(),
                full ? "full" : "empty",
                attempts.first(),
                attempts.second(),
                before.free(),
                attempts.afterFirst().free(),
                before.cache(),
                attempts.afterFirst().cache());
        return new Result(cell, Scheduler.dispatch(lwkt));
      } finally {
        hooks.resumePageout();
      }
    }
  }

  private static void fillCache(VmObject object) throws IOException {
    for (int i = 0; i < object.pages(); i++) {
      try (PageRef page = object.page(i)) {
        page.segment();
      }
    }
    object.cachePages();
  }

  /** Asks for one page in a thread, or in an interrupt on top of that thread, and frees it. */
  private static void ask(
      Lwkt lwkt,
      Kmalloc kmalloc,
      MallocType type,
      Row row,
      boolean preempting,
      FreePages freePages,
      Attempts attempts)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable asking =
        () -> {
          try {
            onePage(kmalloc, type, row);
          } catch (RuntimeException | Error e) {
            failure.set(e);
          } finally {
            done.countDown();
          }
        };
    Interrupt interrupt = lwkt.cpu(0).interrupt("decision", Priority.INT_MED, asking);
    LwktThread thread =
        lwkt.thread("decision")
            .priority(Priority.KERN_DAEMON)
            .cpu(0)
            .start(
                () -> {
                  if (preempting) {
                    interrupt.raise();
                    Lwkt.poll();
                  } else {
                    asking.run();
                  }
                });
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    boolean given = false;
    while (!done.await(1, TimeUnit.MILLISECONDS)) {
      if (!given && attempts.waiting().getCount() == 0) {
        given = true;
        freePages.giveBack();
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            row + ": no end after " + PATIENCE_SECONDS + " s; first " + attempts.first());
      }
    }
    thread.join(Duration.ofSeconds(PATIENCE_SECONDS));
    @Nullable Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException(row + ": the caller failed", thrown);
    }
  }

  private static void onePage(Kmalloc kmalloc, MallocType type, Row row) {
    @Nullable MemorySegment page =
        row.waits()
            ? kmalloc.kmalloc(PAGE_SIZE, type, row.flags())
            : kmalloc.tryKmalloc(PAGE_SIZE, type, row.flags());
    if (page != null) {
      kmalloc.kfree(page, type);
    }
  }
}
