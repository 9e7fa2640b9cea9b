package dev.waitok.lwkt.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a world keeps of those that take part in it. */
class WorldTest {
  private static final int THREADS = 200;

  @Test
  void thoseThatAreGoneAreLookedAtNoMore() {
    AtomicInteger most = new AtomicInteger();
    Simulation.of(Strategy.random(20, 1))
        .run(
            run -> {
              World world = Objects.requireNonNull(World.current());
              for (int i = 0; i < THREADS; i++) {
                run.start("t" + i, run::point).join();
                run.point();
                most.accumulateAndGet(world.actors().size(), Math::max);
              }
            });
    assertThat(most).hasValueBetween(1, 4);
  }
}
