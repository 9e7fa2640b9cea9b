package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.MemoryProgram.Mutant;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All interleavings, within bounds, of 2 cpus, 3 threads, 1 interrupt source and 6 pages: none
 * deadlocks or loses a wake-up, every request that may wait ends, no reserve is undercut and no
 * page is lost, which is looked at after every step. And by itself it finds all six ways of
 * breaking the idea, so its bounds suffice for those.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ExhaustiveProofTest {
  /** More choices than a run of these programs has: all of them vary. */
  private static final int DEPTH = Integer.getInteger("simulation.depth", 250);

  private static final int DEVIATIONS = Integer.getInteger("simulation.deviations", 1);

  @Test
  void everyRequestEndsInEveryInterleaving() {
    prove("requests on top of others", new MemoryProgram(1, Mutant.NONE));
  }

  @Test
  void reclaimersBringMemoryInEveryInterleaving() {
    prove("reclaimers that need memory", new ReserveProgram(Mutant.NONE));
  }

  private static void prove(String what, Simulation.Program program) {
    Exploration done =
        Simulation.of(Strategy.exhaustive(DEPTH, DEVIATIONS))
            .stuckAfter(Duration.ofMinutes(5)) // nothing here blocks, but the machine may be busy
            .run(program);
    System.out.printf(
        "PROOF %s: 2 cpus, 3 threads, 1 interrupt source, 6 pages; all interleavings with up to %d"
            + " deviations in the first %d of %d choices: %,d runs, %,d states, %,d steps, none"
            + " failed%n",
        what, DEVIATIONS, DEPTH, done.choices(), done.runs(), done.states(), done.steps());
    assertThat(done.states()).isGreaterThan(done.runs());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "NO_PAGEOUT"})
  void aBrokenIdeaIsFound(Mutant mutant) {
    System.out.print("PROOF found ");
    MutantsTest.found(mutant, Strategy.exhaustive(DEPTH, DEVIATIONS), mutant.program(1));
  }
}
