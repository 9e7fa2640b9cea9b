package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.Registration;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.Thresholds;
import dev.waitok.lwkt.MemoryProgram.Mutant;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The oldest deadlock of low memory: an interrupt takes every page there is, some for packets and
 * some for the application's cache; who has to handle the packets needs a page to do so; the cache
 * can be given back, but that needs a page as well. Two cpus, a thread on each, a plain thread, an
 * interrupt, six pages and two reclaimers, each of which has one page kept for it.
 *
 * @param mutant {@link Mutant#NO_RESERVE}, or nothing that is broken
 */
record ReserveProgram(Mutant mutant) implements Simulation.Program {
  private static final int PAGES = 6;
  private static final int RECLAIMERS = 2;
  private static final long PAGE = 4096;

  /** So many pages in the cache are what an ordinary request needs to be served: R and one. */
  private static final int CACHED = 3;

  @Override
  public void run(Run run) throws Exception {
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(PAGES * PAGE)
            .pageSize(PAGE)
            .thresholds(new Thresholds(1, 2, 3, 4))
            .build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.recheckEvery(Long.MAX_VALUE);
      if (mutant == Mutant.NO_RESERVE) {
        hooks.breakReserve();
      }
      State state = new State(kmalloc.type("test"));
      List<Registration> reclaimers = new ArrayList<>();
      for (int i = 0; i < RECLAIMERS; i++) {
        reclaimers.add(kmalloc.reclaimer("cache" + i, i, 1, pages -> state.giveBack()));
      }
      try (Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
        work(run, state, lwkt);
      }
      reclaimers.forEach(Registration::close);
      state.freeAll();
      hooks.checkInvariants();
      assertThat(state.refused).as("requests of reclaimers that got nothing").isZero();
      assertThat(kmalloc.pages().free()).isEqualTo(PAGES);
    }
  }

  private static void work(Run run, State state, Lwkt lwkt) throws Exception {
    Interrupt nic = lwkt.cpu(0).interrupt("nic", Priority.INT_MED, state::takeAll);
    List<LwktThread> threads = new ArrayList<>();
    for (int cpu = 0; cpu < 2; cpu++) {
      threads.add(
          lwkt.thread("worker" + cpu)
              .cpu(cpu)
              .start(
                  () -> {
                    while (!state.exhausted) {
                      Lwkt.yield();
                      run.pause();
                    }
                    state.handlePacket();
                  }));
    }
    Run.Plain device =
        run.start(
            "device",
            () -> {
              nic.raise();
              while (!state.exhausted) {
                run.pause();
              }
              state.handlePacket();
            });
    for (LwktThread thread : threads) {
      thread.join();
    }
    device.join();
  }

  /** Who has which pages. One thread at a time is at it: it contains no point. */
  private static final class State {
    private final MallocType type;
    private final Deque<MemorySegment> packets = new ArrayDeque<>();
    private final Deque<MemorySegment> cached = new ArrayDeque<>();
    private boolean exhausted;
    private int refused;

    State(MallocType type) {
      this.type = type;
    }

    /** The interrupt: a page that it must have, and then whatever there is. */
    void takeAll() {
      MemorySegment block = type.kmalloc(PAGE);
      for (int taken = 1; block != null; taken++) {
        (cached.size() < CACHED ? cached : packets).add(block);
        block = taken < PAGES ? type.tryKmalloc(PAGE, MallocFlags.M_INTNOWAIT) : null;
      }
      exhausted = true;
    }

    /** Needs a page to be done with one. */
    void handlePacket() {
      MemorySegment copy = type.kmalloc(PAGE);
      Lwkt.poll();
      free(packets.poll());
      free(copy);
    }

    /** A reclaimer: needs a page to give back the cache. */
    int giveBack() {
      MemorySegment scratch = type.tryKmalloc(PAGE, MallocFlags.M_INTNOWAIT);
      if (scratch == null) {
        refused++;
        return 0;
      }
      int given = 0;
      for (MemorySegment page = cached.poll(); page != null; page = cached.poll()) {
        free(page);
        given++;
      }
      free(scratch);
      return given;
    }

    void freeAll() {
      packets.forEach(this::free);
      cached.forEach(this::free);
    }

    private void free(MemorySegment block) {
      if (block != null) {
        type.kfree(block);
      }
    }
  }
}
