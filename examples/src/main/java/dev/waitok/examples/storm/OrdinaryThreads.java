package dev.waitok.examples.storm;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that runs on the cpus of a storm beside its handlers: on each copies of the load, readers and
 * an auditor, and one consumer for all. Closed, they have come to an end, the load has freed what
 * it had, and the file's pages are gone.
 */
final class OrdinaryThreads implements AutoCloseable {
  /**
   * Enough that some are ready while the others wait for the file, so that what the load frees is
   * soon full of pages again.
   */
  private static final int READERS_A_CPU = 8;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Lwkt lwkt;
  private final Tally tally;
  private final int cpus;
  private final VmObject object;
  private final PageComparison comparison;
  private final List<Load> loads = new ArrayList<>();
  private final List<PageReader> readers = new ArrayList<>();
  private final List<PageRef> pins = new ArrayList<>();
  private final List<LwktThread> threads = new ArrayList<>();

  OrdinaryThreads(Lwkt lwkt, Kmalloc kmalloc, StormInput input, BackingFile file, Tally tally)
      throws IOException {
    this.lwkt = lwkt;
    this.tally = tally;
    this.cpus = input.cpus();
    this.object = kmalloc.object(file.path());
    this.comparison = new PageComparison(file, kmalloc.pages().pageSize(), tally);
    for (int cpu = 0; cpu < cpus; cpu++) {
      pins.add(object.page(cpu));
    }
    MallocType loadType = kmalloc.type("load");
    @Nullable Load before = null;
    for (int copy = 0; copy < input.loads(); copy++) {
      before = new Load(input.load(), kmalloc, loadType, tally, before);
      loads.add(before);
    }
  }

  /** Starts them all. */
  void start(Kmalloc kmalloc, MallocType blockType, Mailbox mailbox) {
    for (int cpu = 0; cpu < cpus; cpu++) {
      PageAuditor auditor = new PageAuditor(pins.get(cpu), comparison, cpu, tally);
      start("auditor-" + cpu, Priority.USER_IDLE, cpu, auditor);
    }
    for (int copy = 0; copy < loads.size(); copy++) {
      startLoad(copy);
    }
    for (int i = 0; i < READERS_A_CPU * cpus; i++) {
      PageReader reader = new PageReader(object, comparison, i, tally);
      readers.add(reader);
      start("reader-" + i, Priority.KERN_DAEMON, i % cpus, reader);
    }
    BlockConsumer consumer = new BlockConsumer(kmalloc, blockType, mailbox, tally);
    start("consumer", Priority.KERN_DAEMON, cpus - 1, consumer);
  }

  /** A copy of the load begins at its own cpu and spreads its threads over the others. */
  private void startLoad(int copy) {
    Load load = loads.get(copy);
    for (int i = 0; i < load.threads(); i++) {
      int thread = i;
      String name = "load-" + copy + "." + i;
      start(name, Priority.KERN_DAEMON, (copy + i) % cpus, () -> load.run(thread));
    }
  }

  private void start(String name, Priority priority, int cpu, Runnable body) {
    threads.add(lwkt.thread(name).priority(priority).cpu(cpu).start(body));
  }

  /** Starts somebody who holds the file's object most of the time, until closed. */
  PageAdvisor advisor() {
    return new PageAdvisor(object, tally);
  }

  /** Whether every copy of the load has had a whole round. */
  boolean haveHadARound() {
    return loads.stream().allMatch(load -> load.rounds() > 0);
  }

  /** How many pages of the file have been read. */
  long pagesRead() {
    return readers.stream().mapToLong(PageReader::pagesRead).sum();
  }

  @Override
  public void close() throws IOException {
    tally.stop();
    try {
      for (LwktThread thread : threads) {
        if (!thread.join(PATIENCE)) {
          throw new IllegalStateException(
              thread + " has not ended in " + PATIENCE.toSeconds() + " s");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the storm's threads end", e);
    }
    loads.forEach(Load::finish);
    pins.forEach(PageRef::close);
    object.close();
  }
}
