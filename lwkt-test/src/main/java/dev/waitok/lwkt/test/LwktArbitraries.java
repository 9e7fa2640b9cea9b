package dev.waitok.lwkt.test;

import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.Thresholds;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.sim.Strategy;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * What properties of jqwik 1.9 need to speak of LWKT and kmalloc: interleavings, requests, marks.
 * jqwik is optional: only who uses this class needs it.
 *
 * <pre>{@code
 * @Property
 * void holds(@ForAll("interleavings") Strategy strategy) {
 *   Simulation.of(strategy).run(run -> ...);
 * }
 *
 * @Provide
 * Arbitrary<Strategy> interleavings() {
 *   return LwktArbitraries.interleavings();
 * }
 * }</pre>
 */
public final class LwktArbitraries {
  private LwktArbitraries() {}

  /**
   * One interleaving each: by dice, or with few preemptions. A failure's token names it.
   *
   * @return strategies of one run
   */
  public static Arbitrary<Strategy> interleavings() {
    Arbitrary<Long> seeds = Arbitraries.longs().greaterOrEqual(0);
    return Arbitraries.oneOf(
        seeds.map(seed -> Strategy.random(1, seed)),
        Combinators.combine(seeds, Arbitraries.integers().between(1, 5))
            .as((seed, depth) -> Strategy.pct(1, depth, seed)));
  }

  /**
   * The flags of kmalloc and krealloc.
   *
   * @return each legal set without modifiers
   */
  public static Arbitrary<Integer> waitingFlags() {
    return Arbitraries.of(
        MallocFlags.M_WAITOK,
        MallocFlags.M_WAITOK | MallocFlags.M_USE_RESERVE,
        MallocFlags.M_INTWAIT);
  }

  /**
   * The flags of tryKmalloc and tryKrealloc.
   *
   * @return each legal set without modifiers
   */
  public static Arbitrary<Integer> tryingFlags() {
    return Arbitraries.of(
        MallocFlags.M_NOWAIT,
        MallocFlags.M_INTNOWAIT,
        MallocFlags.M_WAITOK | MallocFlags.M_NULLOK,
        MallocFlags.M_WAITOK | MallocFlags.M_USE_RESERVE | MallocFlags.M_NULLOK,
        MallocFlags.M_INTWAIT | MallocFlags.M_NULLOK);
  }

  /**
   * Sizes of requests: small ones, ones around the border between blocks and runs of pages, and
   * some up to a largest.
   *
   * @param largest in bytes
   * @return 1 to largest
   */
  public static Arbitrary<Long> sizes(long largest) {
    if (largest < 1) {
      throw new IllegalArgumentException("a size is 1 at least: largest=" + largest);
    }
    return Arbitraries.oneOf(
        Arbitraries.longs().between(1, Math.min(largest, 256)),
        Arbitraries.longs().between(1, Math.min(largest, 20_000)),
        Arbitraries.longs().between(1, largest));
  }

  /**
   * Priorities of interrupts.
   *
   * @return each there is
   */
  public static Arbitrary<Priority> interruptPriorities() {
    return Arbitraries.of(Priority.INT_LOW, Priority.INT_MED, Priority.INT_HIGH);
  }

  /**
   * Marks on FREE that fit an arena.
   *
   * @param pages how many pages it has, 8 or more
   * @return marks of which the highest is at most half of that
   */
  public static Arbitrary<Thresholds> thresholds(int pages) {
    if (pages < 8) {
      throw new IllegalArgumentException("8 pages at least: pages=" + pages);
    }
    return Arbitraries.integers()
        .between(1, pages / 2)
        .list()
        .ofSize(4)
        .uniqueElements()
        .map(
            marks -> {
              int[] sorted = marks.stream().mapToInt(Integer::intValue).sorted().toArray();
              return new Thresholds(sorted[0], sorted[1], sorted[2], sorted[3]);
            });
  }
}
