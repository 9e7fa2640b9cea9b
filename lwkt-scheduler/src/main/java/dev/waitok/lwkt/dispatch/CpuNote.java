package dev.waitok.lwkt.dispatch;

/**
 * What a room above leaves with a cpu, to find it again by {@link Occupant#note}. A class and not
 * an interface: as long as one class extends it, the compiler takes a note for one of these without
 * a look at it.
 */
public abstract class CpuNote {
  /** For who extends it. */
  protected CpuNote() {}
}
