package dev.waitok.examples.storm;

import dev.waitok.examples.cli.Scheduler;
import dev.waitok.examples.report.Progress;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.NowaitAudit;
import dev.waitok.kmalloc.PageCounts;
import dev.waitok.lwkt.ItemInterrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One policy's storm: an allocator whose arena is full of file pages, ordinary threads that keep it
 * short of memory, and interrupts that want memory all the same. Everything that allocates runs on
 * the same cpus; only the device that raises the interrupts is a thread of its own.
 */
final class Storm {
  /** With nothing done for so long the storm has failed; waits are re-checked every second. */
  private static final long STALL_SECONDS = 60;

  /**
   * Interrupt lines, as many as the queues of a network card: while one has switched away and
   * serves its requests as an ordinary thread, the others still preempt.
   */
  private static final int LINES_A_CPU = 32;

  private final StormInput input;
  private final Policy policy;
  private final BackingFile file;
  private final Tally tally;
  private final List<Handler> handlers = new ArrayList<>();
  private @Nullable Consumer<NowaitAudit> audited;

  Storm(StormInput input, Policy policy, BackingFile file) {
    this.input = input;
    this.policy = policy;
    this.file = file;
    this.tally = new Tally(input.requests());
  }

  /** Has the calls without wait watched, and who asks told of it at the end. */
  Storm audited(Consumer<NowaitAudit> told) {
    audited = told;
    return this;
  }

  /** A storm's figures and what they were measured on. */
  record Result(PolicyFigures figures, String dispatch) {}

  Result run() throws IOException, InterruptedException {
    try (Kmalloc kmalloc =
            Kmalloc.builder().arena(input.arena()).pageClassPolicy(policy.pageClasses()).build();
        Lwkt lwkt = Scheduler.start(kmalloc, input.dispatch(), input.cpus())) {
      NowaitAudit audit = audited == null ? null : kmalloc.auditNowait();
      MallocType blocks = kmalloc.type("interrupt");
      Mailbox mailbox = new Mailbox();
      List<ItemInterrupt<Request>> lines = lines(lwkt, kmalloc, blocks, mailbox);
      long reclaimed;
      long lowestFree;
      try (OrdinaryThreads ordinary = new OrdinaryThreads(lwkt, kmalloc, input, file, tally)) {
        ordinary.start(kmalloc, blocks, mailbox);
        awaitPressure(kmalloc, ordinary);
        kmalloc.resetPeaks();
        long before = kmalloc.pageStatistics().reclaimedPages();
        try (PageAdvisor _ = ordinary.advisor()) {
          raiseAll(lines);
        }
        reclaimed = kmalloc.pageStatistics().reclaimedPages() - before;
        lowestFree = kmalloc.pageStatistics().lowestFree();
      }
      @Nullable Throwable failure = tally.failure();
      if (failure != null) {
        throw new IllegalStateException("the storm of " + policy + " failed", failure);
      }
      if (audit != null && audited != null) {
        audit.close();
        audited.accept(audit);
      }
      return new Result(figures(reclaimed, lowestFree, leaks(kmalloc)), Scheduler.dispatch(lwkt));
    }
  }

  private List<ItemInterrupt<Request>> lines(
      Lwkt lwkt, Kmalloc kmalloc, MallocType blocks, Mailbox mailbox) {
    List<ItemInterrupt<Request>> lines = new ArrayList<>();
    for (int i = 0; i < LINES_A_CPU * input.cpus(); i++) {
      Handler handler = new Handler(kmalloc, blocks, policy, mailbox, tally);
      handlers.add(handler);
      lines.add(lwkt.cpu(i % input.cpus()).interrupt("nic" + i, Priority.INT_MED, handler));
    }
    return lines;
  }

  /**
   * Waits until the load has had a round, the file's pages have filled what it left, and memory is
   * short: a copy of the load that has just ended its round has left much of it FREE.
   */
  private void awaitPressure(Kmalloc kmalloc, OrdinaryThreads ordinary)
      throws InterruptedException {
    long pages = kmalloc.pages().total();
    int target = kmalloc.thresholds().target();
    Stall stall = new Stall("no page of the file was read", tally);
    try (Progress shown = new Progress("storm " + policy + ", filling the arena")) {
      long read = 0;
      while (!(ordinary.haveHadARound() && read >= pages && kmalloc.pages().free() <= target)
          && !tally.stopped()) {
        shown.show(Math.min(read, pages), pages, "pages read");
        TimeUnit.MILLISECONDS.sleep(1);
        read = ordinary.pagesRead();
        stall.look(read);
      }
    }
  }

  /** Lets the device raise every request and waits until the last one is served or dropped. */
  private void raiseAll(List<ItemInterrupt<Request>> lines) throws InterruptedException {
    Thread device =
        Thread.ofPlatform()
            .name("device")
            .start(
                new RequestSource(
                    input.interrupts(), input.requests(), input.rate(), lines, tally));
    Stall stall = new Stall("no request was served", tally);
    try (Progress shown = new Progress("storm " + policy)) {
      while (!tally.open().await(100, TimeUnit.MILLISECONDS) && !tally.stopped()) {
        long open = tally.open().getCount();
        shown.show(input.requests() - open, input.requests(), "requests");
        stall.look(open);
      }
    }
    device.join();
  }

  /** Ends a storm in which nothing moves. */
  private static final class Stall {
    private final String what;
    private final Tally tally;
    private long last = -1;
    private long since;

    Stall(String what, Tally tally) {
      this.what = what;
      this.tally = tally;
    }

    void look(long now) {
      if (now != last) {
        last = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(STALL_SECONDS)) {
        tally.failed(new IllegalStateException(what + " for " + STALL_SECONDS + " s"));
      }
    }
  }

  /** Blocks that are not freed, and pages that belong to the file though its object is closed. */
  private static long leaks(Kmalloc kmalloc) {
    PageCounts pages = kmalloc.pages();
    long left = (long) pages.cache() + pages.inactive() + pages.active() + pages.hold();
    return kmalloc.statistics().stream().mapToLong(type -> type.inUse()).sum() + left;
  }

  private PolicyFigures figures(long reclaimed, long lowestFree, long leaks) {
    Histogram latency = new Histogram(3);
    handlers.forEach(handler -> latency.add(handler.latency()));
    return new PolicyFigures(
        policy.toString(),
        input.requests(),
        tally.dropped(),
        tally.switchedAways(),
        tally.servedAfterSwitch(),
        reclaimed,
        lowestFree,
        tally.droppedWithCache(),
        latency.getValueAtPercentile(50),
        latency.getValueAtPercentile(99),
        latency.getValueAtPercentile(99.9),
        latency.getMaxValue(),
        tally.corruption(),
        leaks);
  }
}
