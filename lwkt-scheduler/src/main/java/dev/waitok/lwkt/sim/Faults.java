package dev.waitok.lwkt.sim;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.Pager;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.WritablePager;
import dev.waitok.lwkt.LwktThread;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Makes things go wrong at moments that the strategy chooses and a token repeats. */
public final class Faults {
  private final Run run;

  Faults(Run run) {
    this.run = run;
  }

  /** What a faulty handler throws. */
  public static final class HandlerFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HandlerFault() {
      super("a fault of the simulation", null, false, false);
    }
  }

  /**
   * Has some attempts at an allocator's memory find none though there is some: a tryKmalloc gives
   * null, and a kmalloc on top of somebody switches away. Blocks that are free in a zone of the
   * caller's cpu are found all the same.
   *
   * @param kmalloc the allocator
   * @param oneIn one attempt in so many fails
   */
  public void failing(Kmalloc kmalloc, int oneIn) {
    TestHooks.of(kmalloc).failAttempts(() -> run.choose(oneIn) == oneIn - 1);
  }

  /**
   * Has every so-manieth attempt at an allocator's memory find none, whatever the strategy.
   * Attempts are counted as for {@link #failing(Kmalloc, int)}.
   *
   * @param kmalloc the allocator
   * @param nth which one fails: 1 for each, 2 for every other one
   */
  public void failingEvery(Kmalloc kmalloc, int nth) {
    int[] count = {0};
    TestHooks.of(kmalloc).failAttempts(() -> ++count[0] % nth == 0);
  }

  /**
   * A pager some of whose reads fail.
   *
   * @param pager what does the others
   * @param oneIn one read in so many fails
   * @return the faulty one
   */
  public Pager failing(Pager pager, int oneIn) {
    return (offset, target) -> {
      if (run.choose(oneIn) == oneIn - 1) {
        throw new IOException("a fault of the simulation at offset " + offset);
      }
      pager.read(offset, target);
    };
  }

  /**
   * A pager some of whose reads and writes fail.
   *
   * @param pager what does the others
   * @param oneIn one read or write in so many fails
   * @return the faulty one
   */
  public WritablePager failingWrites(WritablePager pager, int oneIn) {
    Pager reads = failing(pager, oneIn);
    return new WritablePager() {
      @Override
      public void read(long offset, MemorySegment target) throws IOException {
        reads.read(offset, target);
      }

      @Override
      public void write(long offset, MemorySegment from) throws IOException {
        if (run.choose(oneIn) == oneIn - 1) {
          throw new IOException("a fault of the simulation at offset " + offset);
        }
        pager.write(offset, from);
      }

      @Override
      public void force() throws IOException {
        pager.force();
      }
    };
  }

  /**
   * A pager some of whose reads take long.
   *
   * @param pager what does the reads
   * @param oneIn one read in so many is slow
   * @param delay how slow
   * @return the slow one
   */
  public Pager slow(Pager pager, int oneIn, Duration delay) {
    return (offset, target) -> {
      if (run.choose(oneIn) == oneIn - 1) {
        run.sleep(delay);
      }
      pager.read(offset, target);
    };
  }

  /**
   * An interrupt handler some of whose runs throw, before or after they have done their work.
   *
   * @param handler what does the work
   * @param oneIn one run in so many throws
   * @return the faulty one
   */
  public Runnable throwing(Runnable handler, int oneIn) {
    return () -> {
      int choice = run.choose(2 * oneIn);
      if (choice == 2 * oneIn - 1) {
        throw new HandlerFault();
      }
      handler.run();
      if (choice == 2 * oneIn - 2) {
        throw new HandlerFault();
      }
    };
  }

  /**
   * Code during which the thread that runs it cannot leave its cpu, as with a native frame or a
   * class initialiser on its stack. It is an event, so {@code LwktBuilder.onEvent} has to be set.
   *
   * @param code what is run
   * @return the same, pinned
   */
  public Runnable pinned(Runnable code) {
    return () -> run.world().pinned(code);
  }

  /**
   * Interrupts a thread at any of its points: somebody does it whom the strategy lets run when it
   * likes.
   *
   * @param thread whom
   * @return who does it
   */
  public Run.Plain cancel(LwktThread thread) {
    return run.start("canceller of " + thread.name(), thread::interrupt);
  }

  /**
   * Has the clock jump, now and then, though nobody slept.
   *
   * @param jumps how often
   * @param by how far
   * @return who makes it jump
   */
  public Run.Plain clockJumps(int jumps, Duration by) {
    return run.start(
        "clock",
        () -> {
          for (int i = 0; i < jumps; i++) {
            run.world().jump(by.toNanos());
            run.point();
          }
        });
  }
}
