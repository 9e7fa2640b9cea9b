package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.vm.PageRequest;

/**
 * What a call's flags ask of the lower rooms, in one int: the floor's level in the low two bits,
 * and whether the caller waits.
 */
public final class Demand {
  private static final int LEVEL = 3;
  private static final int WAITS = 4;

  private Demand() {}

  /** A demand. */
  public static int of(int level, boolean waits) {
    return level | (waits ? WAITS : 0);
  }

  /** Which floor an ordinary caller is held to, as {@link PageRequest} numbers them. */
  public static int level(int demand) {
    return demand & LEVEL;
  }

  /** Whether the caller waits rather than gets nothing. */
  public static boolean waits(int demand) {
    return (demand & WAITS) != 0;
  }
}
