package dev.waitok.lwkt.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.Thresholds;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** All arbitraries of the kit together: any request, any marks, any interleaving. */
class LwktArbitrariesProperties {
  private static final int PAGES = 32;
  private static final long PAGE = 4096;

  @Property(tries = 200)
  void whateverIsAskedForIsServed(
      @ForAll("interleavings") Strategy interleaving,
      @ForAll("sizes") long size,
      @ForAll("flags") int flags,
      @ForAll("priorities") Priority priority,
      @ForAll("marks") Thresholds marks) {
    Exploration done =
        Simulation.of(interleaving).run(run -> serve(run, size, flags, priority, marks));
    assertThat(done.runs()).isEqualTo(1);
  }

  private static void serve(Run run, long size, int flags, Priority priority, Thresholds marks)
      throws Exception {
    try (Kmalloc kmalloc =
            Kmalloc.builder().arena(PAGES * PAGE).pageSize(PAGE).thresholds(marks).build();
        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
      MallocType type = kmalloc.type("test");
      Runnable use = () -> type.kfree(type.kmalloc(size, flags));
      Interrupt nic = lwkt.cpu(0).interrupt("nic", priority, use);
      run.start("device", nic::raise);
      lwkt.thread("user").cpu(0).start(use).join();
    }
  }

  @Provide
  Arbitrary<Strategy> interleavings() {
    return LwktArbitraries.interleavings();
  }

  @Provide
  Arbitrary<Long> sizes() {
    return LwktArbitraries.sizes(PAGES / 2 * PAGE);
  }

  @Provide
  Arbitrary<Integer> flags() {
    return LwktArbitraries.waitingFlags();
  }

  @Provide
  Arbitrary<Priority> priorities() {
    return LwktArbitraries.interruptPriorities();
  }

  @Provide
  Arbitrary<Thresholds> marks() {
    return LwktArbitraries.thresholds(PAGES);
  }

  @Property(tries = 200)
  void marksFitTheirArena(@ForAll("arenas") int pages) {
    Thresholds marks = LwktArbitraries.thresholds(pages).sample();
    assertThat(marks.target()).isLessThanOrEqualTo(pages / 2);
  }

  @Provide
  Arbitrary<Integer> arenas() {
    return Arbitraries.integers().between(8, 200);
  }
}
