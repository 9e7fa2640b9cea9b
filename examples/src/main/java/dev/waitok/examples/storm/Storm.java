package dev.waitok.examples.storm;

import dev.waitok.examples.cli.Scheduler;
import dev.waitok.examples.report.Progress;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageCounts;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Cpu;
import dev.waitok.lwkt.ItemInterrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One policy's storm: an allocator whose arena is full of file pages, ordinary threads that keep it
 * short of memory, and interrupts that want memory all the same. Everything that allocates runs on
 * the same cpus; only the device that raises the interrupts is a thread of its own.
 */
final class Storm {
  /**
   * Without a request served for so long the storm has failed; waits are re-checked every second.
   */
  private static final long STALL_SECONDS = 60;

  /**
   * Enough that some are ready while the others wait for the file, so that what the load frees is
   * soon full of pages again.
   */
  private static final int READERS_A_CPU = 8;

  /** Interrupt lines: while one has switched away and waits, the others still preempt. */
  private static final int LINES_A_CPU = 4;

  private final StormInput input;
  private final Policy policy;
  private final BackingFile file;
  private final Tally tally;

  Storm(StormInput input, Policy policy, BackingFile file) {
    this.input = input;
    this.policy = policy;
    this.file = file;
    this.tally = new Tally(input.requests());
  }

  /** A storm's figures and what they were measured on. */
  record Result(PolicyFigures figures, String dispatch) {}

  Result run() throws IOException, InterruptedException {
    try (Kmalloc kmalloc =
            Kmalloc.builder().arena(input.arena()).pageClassPolicy(policy.pageClasses()).build();
        Lwkt lwkt = Scheduler.start(kmalloc, input.dispatch(), input.cpus())) {
      MallocType loadType = kmalloc.type("load");
      MallocType blockType = kmalloc.type("interrupt");
      List<Load> loads = new ArrayList<>();
      for (int i = 0; i < input.cpus(); i++) {
        loads.add(new Load(input.load(), kmalloc, loadType, tally));
      }
      Mailbox mailbox = new Mailbox();
      List<Handler> handlers = new ArrayList<>();
      List<ItemInterrupt<Request>> interrupts = new ArrayList<>();
      for (int i = 0; i < LINES_A_CPU * input.cpus(); i++) {
        Handler handler = new Handler(kmalloc, blockType, policy, mailbox, tally);
        Cpu cpu = lwkt.cpu(i % input.cpus());
        handlers.add(handler);
        interrupts.add(cpu.interrupt("nic" + i, Priority.INT_MED, handler));
      }
      long reclaimedBefore;
      long lowestFree;
      try (VmObject object = kmalloc.object(file.path())) {
        List<LwktThread> threads = new ArrayList<>();
        try {
          List<PageReader> readers = startLoad(lwkt, kmalloc, object, loads, threads);
          threads.add(
              start(
                  lwkt,
                  "consumer",
                  input.cpus() - 1,
                  new BlockConsumer(kmalloc, blockType, mailbox, tally)));
          awaitPressure(kmalloc, loads, readers);
          kmalloc.resetPeaks();
          reclaimedBefore = kmalloc.pageStatistics().reclaimedPages();
          raiseAll(interrupts);
          lowestFree = kmalloc.pageStatistics().lowestFree();
        } finally {
          tally.stop();
          joinAll(threads);
        }
      }
      loads.forEach(Load::finish);
      @Nullable Throwable failure = tally.failure();
      if (failure != null) {
        throw new IllegalStateException("the storm of " + policy + " failed", failure);
      }
      long reclaimed = kmalloc.pageStatistics().reclaimedPages() - reclaimedBefore;
      long leaks =
          loadType.statistics().inUse() + blockType.statistics().inUse() + queued(kmalloc.pages());
      return new Result(
          figures(merged(handlers), reclaimed, lowestFree, leaks), Scheduler.dispatch(lwkt));
    }
  }

  private List<PageReader> startLoad(
      Lwkt lwkt, Kmalloc kmalloc, VmObject object, List<Load> loads, List<LwktThread> threads) {
    for (int copy = 0; copy < loads.size(); copy++) {
      Load load = loads.get(copy);
      for (int i = 0; i < input.load().threads(); i++) {
        int thread = i;
        int cpu = (copy + i) % input.cpus();
        threads.add(start(lwkt, "load-" + copy + "." + i, cpu, () -> load.run(thread)));
      }
    }
    PageComparison comparison = new PageComparison(file, kmalloc.pages().pageSize(), tally);
    List<PageReader> readers = new ArrayList<>();
    for (int i = 0; i < READERS_A_CPU * input.cpus(); i++) {
      PageReader reader = new PageReader(object, comparison, i, tally);
      readers.add(reader);
      threads.add(start(lwkt, "reader-" + i, i % input.cpus(), reader));
    }
    for (int i = 0; i < input.cpus(); i++) {
      PageAuditor auditor = new PageAuditor(object, comparison, i, tally);
      threads.add(
          lwkt.thread("auditor-" + i).priority(Priority.USER_IDLE).cpu(i).start(auditor));
    }
    return readers;
  }

  private static LwktThread start(Lwkt lwkt, String name, int cpu, Runnable body) {
    return lwkt.thread(name).priority(Priority.KERN_DAEMON).cpu(cpu).start(body);
  }

  /** Waits until the load has had a round and the file's pages have filled what it left. */
  private void awaitPressure(Kmalloc kmalloc, List<Load> loads, List<PageReader> readers)
      throws InterruptedException {
    try (Progress shown = new Progress("storm " + policy + ", filling the arena")) {
      long pages = kmalloc.pages().total();
      long read = 0;
      while ((loads.stream().anyMatch(load -> load.rounds() == 0) || read < pages) && !tally.stopped()) {
        shown.show(Math.min(read, pages), pages, "pages read");
        TimeUnit.MILLISECONDS.sleep(10);
        read = readers.stream().mapToLong(PageReader::pagesRead).sum();
      }
    }
  }

  /** Lets the device raise every request and waits until the last one is served or dropped. */
  private void raiseAll(List<ItemInterrupt<Request>> interrupts) throws InterruptedException {
    Thread source =
        Thread.ofPlatform()
            .name("device")
            .start(
                new RequestSource(
                    input.interrupts(), input.requests(), input.rate(), interrupts, tally));
    long last = input.requests();
    long lastChange = System.nanoTime();
    try (Progress shown = new Progress("storm " + policy)) {
      while (!tally.open().await(100, TimeUnit.MILLISECONDS) && !tally.stopped()) {
        long open = tally.open().getCount();
        shown.show(input.requests() - open, input.requests(), "requests");
        if (open != last) {
          last = open;
          lastChange = System.nanoTime();
        } else if (System.nanoTime() - lastChange > TimeUnit.SECONDS.toNanos(STALL_SECONDS)) {
          tally.failed(
              new IllegalStateException(
                  "no request was served for " + STALL_SECONDS + " s; " + open + " are open"));
        }
      }
    }
    source.join(Duration.ofSeconds(STALL_SECONDS));
  }

  private static void joinAll(List<LwktThread> threads) throws InterruptedException {
    for (LwktThread thread : threads) {
      if (!thread.join(Duration.ofSeconds(STALL_SECONDS))) {
        throw new IllegalStateException(thread + " has not ended in " + STALL_SECONDS + " s");
      }
    }
  }

  private static Histogram merged(List<Handler> handlers) {
    Histogram all = new Histogram(3);
    handlers.forEach(handler -> all.add(handler.latency()));
    return all;
  }

  /** Pages that still belong to the file though its object is closed. */
  private static long queued(PageCounts pages) {
    return (long) pages.cache() + pages.inactive() + pages.active() + pages.hold();
  }

  private PolicyFigures figures(Histogram latency, long reclaimed, long lowestFree, long leaks) {
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
