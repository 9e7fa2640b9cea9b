package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.MemoryProgram.Mutant;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.SimulationFailure;
import dev.waitok.lwkt.sim.Strategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The idea, and the idea broken in one place: what is broken is found, by each strategy. */
class MutantsTest {
  private static final int RUNS = Integer.getInteger("simulation.runs", 300);
  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final Strategy RANDOM = Strategy.random(RUNS, SEED);
  private static final Strategy PCT = Strategy.pct(RUNS, 3, SEED);
  private static final int DEPTH = Integer.getInteger("simulation.depth", 100);
  private static final int DEVIATIONS = Integer.getInteger("simulation.deviations", 1);
  private static final Strategy EXHAUSTIVE = Strategy.exhaustive(DEPTH, DEVIATIONS);

  @ParameterizedTest
  @EnumSource(names = {"NONE", "NO_PAGEOUT"})
  void theIdeaHoldsUnderRandomChoices(Mutant mutant) {
    Exploration done = Simulation.of(RANDOM).run(new MemoryProgram(3, mutant));
    System.out.println("random, seed " + SEED + ": " + done);
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "NO_PAGEOUT"})
  void theIdeaHoldsUnderFewPreemptions(Mutant mutant) {
    Exploration done = Simulation.of(PCT).run(new MemoryProgram(3, mutant));
    System.out.println("PCT, seed " + SEED + ": " + done);
  }

  /**
   * A request whose run needs a CACHE page of a busy home gave back the FREE pages of that run,
   * which woke the request itself: it went round and round, above whoever held the home. Run 105 of
   * these.
   */
  @Test
  void aWaiterIsNotWokenByWhatItGivesBack() {
    Exploration _ = Simulation.of(Strategy.pct(150, 3, 100)).run(new MemoryProgram(3, Mutant.NONE));
  }

  @Test
  void theIdeaHoldsInEveryInterleavingWithinBounds() {
    Exploration done = Simulation.of(EXHAUSTIVE).run(new MemoryProgram(1, Mutant.NONE));
    System.out.println("all of " + DEPTH + " choices, " + DEVIATIONS + " deviations: " + done);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "NO_PAGEOUT"})
  void aBrokenIdeaIsFoundByEachStrategy(Mutant mutant) {
    for (Strategy strategy : new Strategy[] {RANDOM, PCT}) {
      found(mutant, strategy, new MemoryProgram(3, mutant));
    }
    found(mutant, EXHAUSTIVE, new MemoryProgram(1, mutant));
  }

  private static void found(Mutant mutant, Strategy strategy, MemoryProgram program) {
    SimulationFailure failure = Simulation.of(strategy).findFailure(program);
    assertThat(failure).as("%s is found", mutant).isNotNull();
    System.out.println(
        mutant
            + ": "
            + failure.getMessage().lines().findFirst().orElseThrow()
            + ", "
            + failure.token());
    SimulationFailure again = Simulation.of(Strategy.replay(failure.token())).findFailure(program);
    assertThat(again).isNotNull();
    assertThat(again.choices()).isEqualTo(failure.choices());
  }
}
