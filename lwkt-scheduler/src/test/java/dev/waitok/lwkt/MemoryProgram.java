package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.AttemptObserver;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageClassPolicy;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.Thresholds;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Two cpus, a thread on each, a plain thread, an interrupt, and too few pages for all: every
 * request that may wait has to end, nobody who preempts may get a CACHE page, and everything has to
 * be back in the end. Waiters are woken or wait for ever: no timer rescues them.
 *
 * @param rounds how often each does its work
 * @param mutant what is broken on purpose
 */
record MemoryProgram(int rounds, Mutant mutant) implements Simulation.Program {
  /** Ways to break the idea. */
  enum Mutant {
    /** As it should be. */
    NONE,
    /** As it should be, with the pageout thread held still. */
    NO_PAGEOUT,
    /** What a request may take is decided once. */
    DECIDES_ONCE,
    /** A caller that should switch away gives way only if that is due. */
    YIELDS,
    /** A wait asks for more than its attempt. */
    WAITS_FOR_MORE,
    /** Who preempts is served like everybody else. */
    CACHE_FOR_PREEMPTORS,
    /** Who has switched away preempts again. */
    PREEMPTS_AGAIN,
    /** Reclaimers have no pages kept for them; {@link ReserveProgram} has some. */
    NO_RESERVE;

    /** The program that shows it. */
    Simulation.Program program(int rounds) {
      return this == NO_RESERVE ? new ReserveProgram(this) : new MemoryProgram(rounds, this);
    }
  }

  private static final int PAGES = 6;
  private static final int OBJECT = 3;
  private static final int RESERVED = 2;

  /** What the interrupt asks for: as much as the largest of the others. */
  private static final int NIC = PAGES - RESERVED;

  private static final long PAGE = 4096;

  /** Three wait at most, and each is woken a few times for what another one takes. */
  private static final int MOST_WAITS = 100;

  @Override
  public void run(Run run) throws Exception {
    boolean once = mutant == Mutant.DECIDES_ONCE;
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(PAGES * PAGE)
            .pageSize(PAGE)
            .thresholds(new Thresholds(1, RESERVED, RESERVED + 1, RESERVED + 2))
            .pageClassPolicy(once ? PageClassPolicy.ONCE : PageClassPolicy.EACH_ATTEMPT)
            .build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.recheckEvery(Long.MAX_VALUE);
      hooks.breakWaits(mutant == Mutant.WAITS_FOR_MORE ? 1 : 0);
      int[] waits = {0};
      hooks.observe((type, preempting, outcome) -> checkAttempt(outcome, waits));
      if (once || mutant == Mutant.NO_PAGEOUT) {
        hooks.holdPageout();
      }
      LwktBuilder builder =
          Lwkt.builder().cpus(2).port(new BrokenPort(kmalloc.schedulerPort(), mutant));
      try (VmObject object =
              kmalloc.object(OBJECT * PAGE, (at, into) -> into.fill((byte) (at / PAGE)));
          Lwkt lwkt = builder.start()) {
        if (mutant == Mutant.PREEMPTS_AGAIN) {
          run.check(() -> BrokenPort.letPreemptAgain(lwkt));
        }
        work(run, kmalloc.type("test"), object, lwkt);
      }
      hooks.checkInvariants();
      assertThat(kmalloc.statistics()).allSatisfy(type -> assertThat(type.inUse()).isZero());
    }
  }

  private static void checkAttempt(AttemptObserver.Outcome outcome, int[] waits) {
    waits[0] = outcome == AttemptObserver.Outcome.WAIT ? waits[0] + 1 : 0;
    assertThat(waits[0]).as("waits in a row, each ended by a wake-up").isLessThan(MOST_WAITS);
    if (outcome == AttemptObserver.Outcome.CACHE || outcome == AttemptObserver.Outcome.WAIT) {
      assertThat(Lwkt.preempting()).as("preempts at %s", outcome).isFalse();
    }
  }

  private void work(Run run, MallocType type, VmObject object, Lwkt lwkt) throws Exception {
    Interrupt nic =
        lwkt.cpu(0)
            .interrupt(
                "nic",
                Priority.INT_MED,
                () -> hold(type.kmalloc(NIC * PAGE, MallocFlags.M_WAITOK), type));
    for (int i = 0; i < OBJECT; i++) {
      object.page(i).close();
    }
    object.cachePages();
    List<LwktThread> threads = new ArrayList<>();
    for (int cpu = 0; cpu < 2; cpu++) {
      int pages = cpu == 0 ? 1 : PAGES - RESERVED;
      threads.add(
          lwkt.thread("worker" + cpu)
              .cpu(cpu)
              .start(() -> worker(run, type, pages * PAGE, object, nic)));
    }
    Run.Plain plain = run.start("plain", () -> worker(run, type, 100, object, nic));
    for (LwktThread thread : threads) {
      thread.join();
    }
    plain.join();
  }

  private static void hold(MemorySegment block, MallocType type) {
    block.set(ValueLayout.JAVA_BYTE, block.byteSize() - 1, (byte) 1);
    Lwkt.poll();
    type.kfree(block);
  }

  private void worker(Run run, MallocType type, long bytes, VmObject object, Interrupt nic) {
    for (int i = 0; i < rounds; i++) {
      MemorySegment block = type.kmalloc(bytes);
      nic.raise();
      hold(block, type);
      if (i > 0 && mutant != Mutant.NO_PAGEOUT && mutant != Mutant.DECIDES_ONCE) {
        try (PageRef page = object.page(run.choose(OBJECT))) {
          assertThat(page.segment().get(ValueLayout.JAVA_BYTE, 7)).isLessThan((byte) OBJECT);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      run.progress();
    }
  }
}
