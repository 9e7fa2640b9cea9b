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

  /**
   * Whether its Java thread is parked because it does not have the seat, or has not got there yet
   * since it was given it. Any thread.
   *
   * @return false where no Java thread is parked for that
   */
  public boolean isParkedForSeat() {
    return false;
  }

  /** The Java thread that carries the strand's stack. */
  public abstract Thread javaThread();
}
