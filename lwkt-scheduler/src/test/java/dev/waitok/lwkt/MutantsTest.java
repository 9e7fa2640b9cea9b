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

/**
 * The idea, and the idea broken in one place: what is broken is found by random choices and by PCT.
 */
class MutantsTest {
  private static final int RUNS = Integer.getInteger("simulation.runs", 300);
  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final Strategy RANDOM = Strategy.random(RUNS, SEED);
  private static final Strategy PCT = Strategy.pct(RUNS, 3, SEED);

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

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "NO_PAGEOUT"})
  void aBrokenIdeaIsFoundByDice(Mutant mutant) {
    for (Strategy strategy : new Strategy[] {RANDOM, PCT}) {
      found(mutant, strategy, mutant.program(3));
    }
  }

  /** Finds the mutant, and again with the token of the failure. */
  static void found(Mutant mutant, Strategy strategy, Simulation.Program program) {
    SimulationFailure failure = Simulation.of(strategy).findFailure(program);
    assertThat(failure).as("%s is found", mutant).isNotNull();
    String first = failure.getMessage().lines().findFirst().orElseThrow();
    System.out.println(
        mutant + ": " + first.substring(0, Math.min(120, first.length())) + ", " + failure.token());
    SimulationFailure again = Simulation.of(Strategy.replay(failure.token())).findFailure(program);
    assertThat(again).isNotNull();
    assertThat(again.choices()).isEqualTo(failure.choices());
  }
}
