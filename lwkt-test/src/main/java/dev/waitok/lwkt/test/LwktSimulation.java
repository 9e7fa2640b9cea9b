package dev.waitok.lwkt.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs in a {@link dev.waitok.lwkt.sim.Simulation}, once for each of many
 * interleavings. Allocators and schedulers that it makes are simulated, and their invariants are
 * checked after every step. It may have one parameter, the {@link dev.waitok.lwkt.sim.Run}.
 *
 * <p>What {@code @BeforeEach} and {@code @AfterEach} methods without parameters do is done in the
 * simulation as well, before and after each run; the test's instance is the same for all runs.
 * Needs no JVM flag, and works with JUnit 5.11 and later.
 *
 * <p>A failure names a token. With {@code @LwktSimulation(replay = "token")} the test makes that
 * one run.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Test
@ExtendWith(SimulationExtension.class)
public @interface LwktSimulation {
  /** How choices are made. */
  enum Kind {
    /** By dice. */
    RANDOM,
    /** Few preemptions, at random places. */
    PCT,
    /** All interleavings within {@link #depth} and {@link #deviations}. */
    EXHAUSTIVE
  }

  /**
   * How many runs random choices and PCT make.
   *
   * @return the number
   */
  int seeds() default 100;

  /**
   * The first run's seed; the others count up from it.
   *
   * @return the seed
   */
  long firstSeed() default 1;

  /**
   * How choices are made.
   *
   * @return the kind
   */
  Kind strategy() default Kind.RANDOM;

  /**
   * For PCT, how many ordering constraints a defect may need; for an exhaustive search, how many of
   * a run's choices vary. 0 is 3 for the one and 100 for the other.
   *
   * @return the number
   */
  int depth() default 0;

  /**
   * For an exhaustive search, how many of a run's choices are not the usual one.
   *
   * @return the number
   */
  int deviations() default 1;

  /**
   * The token of the one run to make; replaces all of the above.
   *
   * @return what a failure printed, or nothing
   */
  String replay() default "";

  /**
   * After how many steps without progress a run is a live-lock.
   *
   * @return the number
   */
  long livelockAfter() default 200_000;
}
