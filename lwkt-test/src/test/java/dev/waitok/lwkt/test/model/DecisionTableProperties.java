package dev.waitok.lwkt.test.model;

import dev.waitok.kmalloc.PageClassPolicy;
import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import dev.waitok.lwkt.test.LwktArbitraries;
import dev.waitok.lwkt.test.model.Command.Caller;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import net.jqwik.api.stateful.Action;
import net.jqwik.api.stateful.ActionSequence;

/**
 * The decision table as a state machine: programs of all kinds of calls, by all kinds of callers,
 * of which {@link ModelMemory} says what each attempt may be served from, and {@link RealMemory}
 * looks whether it was. How many programs: {@code jqwik.tries.default}, a system property.
 */
class DecisionTableProperties {
  /** The usual choice everywhere: a step runs until everybody is done or waits. */
  private static final Strategy IN_TURN = Strategy.replay("c-");

  /** Nothing here blocks, but the machine may be busy. */
  private static final Duration A_WHILE = Duration.ofMinutes(5);

  private static final int LONGEST = 30;
  private static final int SHORT = 12;

  @Property
  @AddLifecycleHook(PrintsSeed.class)
  void theAllocatorDecidesAsTheTableSays(@ForAll("programs") ActionSequence<ModelMemory> steps) {
    run(steps, PageClassPolicy.EACH_ATTEMPT);
  }

  /** The once-only decision is found, and what is left of the program is small. */
  @Property(shrinking = ShrinkingMode.FULL, seed = "533094516264405767")
  @AddLifecycleHook(ShrinksToFew.class)
  void theOnceOnlyDecisionIsFoundBySmallProgram(
      @ForAll("shortPrograms") ActionSequence<ModelMemory> steps) {
    run(steps, PageClassPolicy.ONCE);
  }

  private static void run(ActionSequence<ModelMemory> steps, PageClassPolicy policy) {
    Exploration _ =
        Simulation.of(IN_TURN).stuckAfter(A_WHILE).run(new RealMemory(program(steps), policy));
  }

  private static List<Command> program(ActionSequence<ModelMemory> steps) {
    return steps.run(new ModelMemory()).program();
  }

  @Provide
  Arbitrary<ActionSequence<ModelMemory>> programs() {
    return programs(LONGEST);
  }

  @Provide
  Arbitrary<ActionSequence<ModelMemory>> shortPrograms() {
    return programs(SHORT);
  }

  private static Arbitrary<ActionSequence<ModelMemory>> programs(int longest) {
    Arbitrary<Action<ModelMemory>> steps =
        Arbitraries.frequencyOf(
            Tuple.of(6, allocations()),
            Tuple.of(3, frees()),
            Tuple.of(2, resizes()),
            Tuple.of(2, pageIns(false)),
            Tuple.of(1, pageIns(true)),
            Tuple.of(2, callers().map(c -> new Step("cache by " + c, m -> m.cacheAll(c)))),
            Tuple.of(1, Arbitraries.just(new Step("reclaim", ModelMemory::reclaim))),
            Tuple.of(1, limits().map(n -> new Step("limit " + n, m -> m.limit(n)))),
            Tuple.of(1, threads().map(c -> new Step("exit of " + c, m -> m.exit(c)))));
    return Arbitraries.sequences(steps).ofSize(longest);
  }

  private static Arbitrary<Integer> limits() {
    return Arbitraries.integers().between(0, 8);
  }

  private static Arbitrary<Caller> threads() {
    return Arbitraries.of(Caller.THREAD0, Caller.THREAD1);
  }

  private static Arbitrary<Caller> callers() {
    return Arbitraries.of(Caller.class);
  }

  private static Arbitrary<Integer> pages() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.integers().between(1, 3)),
        Tuple.of(2, Arbitraries.integers().between(1, ModelMemory.PAGES)));
  }

  private static Arbitrary<Integer> flags() {
    return Arbitraries.oneOf(LwktArbitraries.waitingFlags(), LwktArbitraries.tryingFlags());
  }

  private static Arbitrary<Step> allocations() {
    return Combinators.combine(
            callers(),
            Arbitraries.of(false, false, false, true),
            flags(),
            pages(),
            Arbitraries.of(false, false, true))
        .as(
            (caller, switches, flags, pages, limited) ->
                new Step(
                    "allocate " + pages + " by " + caller,
                    m ->
                        m.allocate(
                            caller,
                            switches && caller == Caller.PREEMPTOR,
                            flags,
                            pages,
                            limited)));
  }

  private static Arbitrary<Step> frees() {
    return Combinators.combine(callers(), Arbitraries.integers().between(0, 20))
        .as((caller, choice) -> new Step("free by " + caller, m -> m.free(caller, choice)));
  }

  private static Arbitrary<Step> resizes() {
    return Combinators.combine(callers(), Arbitraries.integers().between(0, 20), flags(), pages())
        .as(
            (caller, choice, flags, pages) ->
                new Step("resize by " + caller, m -> m.resize(caller, choice, flags, pages)));
  }

  private static Arbitrary<Step> pageIns(boolean change) {
    return Combinators.combine(
            callers(), Arbitraries.integers().between(0, ModelMemory.OBJECT_PAGES - 1))
        .as(
            (caller, index) ->
                new Step("page " + index + " by " + caller, m -> m.pageIn(caller, index, change)));
  }

  /** A step that the model decides: it is left out where it makes no sense. */
  private record Step(String name, Consumer<ModelMemory> what) implements Action<ModelMemory> {
    @Override
    public ModelMemory run(ModelMemory model) {
      what.accept(model);
      return model;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Prints how often and with which seed a property was tried, and to what a program that failed
   * was shrunk.
   */
  @SuppressWarnings("unchecked")
  private static List<Command> print(
      PropertyLifecycleContext context, PropertyExecutionResult result) {
    System.out.println(
        context.label()
            + ": "
            + result.countTries()
            + " programs, seed "
            + result.seed().orElse("unknown")
            + ", "
            + (result.status() == PropertyExecutionResult.Status.SUCCESSFUL
                ? "no difference"
                : "a difference, shrunk to"));
    List<Command> program =
        result
            .falsifiedParameters()
            .map(parameters -> program((ActionSequence<ModelMemory>) parameters.getFirst()))
            .orElse(List.of());
    program.forEach(command -> System.out.println("  " + command));
    return program;
  }

  /** Prints the seed. */
  static final class PrintsSeed implements AroundPropertyHook {
    @Override
    public PropertyExecutionResult aroundProperty(
        PropertyLifecycleContext context, PropertyExecutor property) {
      PropertyExecutionResult result = property.execute();
      List<Command> _ = print(context, result);
      return result;
    }
  }

  /** Turns a failure whose program was shrunk to a few steps into success. */
  static final class ShrinksToFew implements AroundPropertyHook {
    /**
     * Page-in, CACHE, use up FREE, and an interrupt: four steps; jqwik leaves a few that make FREE
     * smaller one after the other.
     */
    private static final int FEW = 8;

    @Override
    public PropertyExecutionResult aroundProperty(
        PropertyLifecycleContext context, PropertyExecutor property) {
      PropertyExecutionResult result = property.execute();
      List<Command> program = print(context, result);
      if (program.isEmpty() || program.size() > FEW) {
        return result.mapToFailed("not found, or not shrunk: " + program);
      }
      return result.mapToSuccessful();
    }
  }
}
