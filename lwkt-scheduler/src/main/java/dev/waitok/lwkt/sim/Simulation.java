package dev.waitok.lwkt.sim;

import dev.waitok.kmalloc.spi.Surroundings;
import dev.waitok.lwkt.world.Chooser;
import dev.waitok.lwkt.world.Limits;
import dev.waitok.lwkt.world.Outcome;
import dev.waitok.lwkt.world.World;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program again and again, each time with other choices: which cpu or thread runs next, and
 * so whether an interrupt arrives at this preemption point, which message is first, who wins.
 * Allocators and schedulers that the program makes are simulated: any number of cpus, virtual time,
 * and one thread at a time. Needs no JVM flag.
 *
 * <p>Choices are made where LWKT or kmalloc is called, where a thread waits, and at preemption
 * points. Two plain Java statements between two such points are one step: a race between them is
 * not found. A program must not use threads, clocks, random numbers or identity hashes but the
 * simulation's, and must make all it uses anew in each run.
 *
 * <pre>{@code
 * Simulation.of(Strategy.random(1000, 1)).run(run -> {
 *   try (Kmalloc kmalloc = Kmalloc.builder().arena(1 << 20).build();
 *       Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
 *     ...
 *   }
 * });
 * }</pre>
 *
 * <p>Immutable; any thread may use it. {@link #run} holds the calling thread until all is done.
 */
public final class Simulation {
  private static final Limits DEFAULTS =
      new Limits(200_000, Duration.ofSeconds(5).toNanos(), 10_000);

  static {
    Surroundings.ask(
        () -> {
          World world = World.current();
          return world == null ? null : new SimulatedContext(world);
        });
  }

  private final Strategy strategy;
  private final Limits limits;

  private Simulation(Strategy strategy, Limits limits) {
    this.strategy = strategy;
    this.limits = limits;
  }

  /** A program. */
  @FunctionalInterface
  public interface Program {
    /**
     * Runs once, as a plain thread of the simulation. The run ends when this has returned and every
     * cpu and thread that it started has ended.
     *
     * @param run the run
     * @throws Exception that fails the run
     */
    void run(Run run) throws Exception;
  }

  /**
   * A simulation.
   *
   * @param strategy where its choices come from
   * @return the simulation, with the default limits
   */
  public static Simulation of(Strategy strategy) {
    return new Simulation(Objects.requireNonNull(strategy), DEFAULTS);
  }

  /**
   * After how many steps without progress a run counts as a live-lock; 200,000 unless set. Progress
   * is the end of a thread and what calls {@link Run#progress}.
   *
   * @param steps how many
   * @return a simulation with that limit
   */
  public Simulation livelockAfter(long steps) {
    return new Simulation(strategy, new Limits(steps, limits.serviceNanos(), limits.stuckMillis()));
  }

  /**
   * After how much real time without a step a thread counts as stuck in Java code; 10 s unless set.
   *
   * @param time how long
   * @return a simulation with that limit
   */
  public Simulation stuckAfter(Duration time) {
    return new Simulation(
        strategy, new Limits(limits.steps(), limits.serviceNanos(), time.toMillis()));
  }

  /**
   * Makes all runs of the strategy.
   *
   * @param program what each runs
   * @return what was done
   * @throws SimulationFailure at the first run that fails
   */
  public Exploration run(Program program) {
    Search search = strategy.begin();
    int runs = 0;
    long steps = 0;
    long trace = 0;
    int choices = 0;
    Chooser chooser;
    while ((chooser = search.next()) != null) {
      Recorder recorder = new Recorder(chooser);
      World world = new World(recorder, limits);
      Outcome outcome = runOnce(world, program);
      runs++;
      steps += world.steps();
      trace = world.trace().hash();
      choices = Math.max(choices, recorder.taken().size());
      if (outcome.kind() != Outcome.Kind.DONE) {
        throw failure(search, recorder, world, outcome, runs);
      }
      search.succeeded(recorder.taken().size());
    }
    return new Exploration(runs, steps, choices, search.states(), trace);
  }

  /**
   * As {@link #run}, for a program that is expected to fail.
   *
   * @param program what each run runs
   * @return the first failure, or null if no run failed
   */
  public @Nullable SimulationFailure findFailure(Program program) {
    try {
      Exploration _ = run(program);
      return null;
    } catch (SimulationFailure e) {
      return e;
    }
  }

  private static Outcome runOnce(World world, Program program) {
    Run run = new Run(world);
    try {
      return world.run("main", () -> run.runBody(() -> program.run(run)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a simulation ran", e);
    }
  }

  private static SimulationFailure failure(
      Search search, Recorder recorder, World world, Outcome outcome, int runs) {
    String token = search.token(recorder.taken());
    String choices = Search.CHOICES + recorder.taken().encode();
    String message =
        outcome.kind()
            + " in run "
            + runs
            + ": "
            + outcome.message()
            + "\nreplay with \""
            + token
            + "\"\n"
            + world.report();
    return new SimulationFailure(
        SimulationFailure.Kind.valueOf(outcome.kind().name()),
        token,
        choices,
        message,
        outcome.cause());
  }
}
