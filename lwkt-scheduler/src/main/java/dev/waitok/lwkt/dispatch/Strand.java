package dev.waitok.lwkt.dispatch;

/**
 * One thread of control that belongs to a {@link Seat}: it runs only while the seat was handed to
 * it. Made by {@link Seat#newStrand}; each dispatch has its own kind.
 */
public abstract class Strand {
  private final Object owner;

  Strand(Object owner) {
    this.owner = owner;
  }

  /** What the room above keeps for this strand. */
  public final Object owner() {
    return owner;
  }

  /** The Java thread that carries the strand's stack. */
  public abstract Thread javaThread();
}
