package dev.waitok.kmalloc;

/**
 * A free of a guarded block whose red zones somebody has written. The block is freed all the same.
 */
public final class DamagedBlockException extends KmallocException {
  private static final long serialVersionUID = 1L;

  private final transient MemoryDamage damage;

  DamagedBlockException(String call, MemoryDamage damage) {
    super(call + ": " + damage);
    this.damage = damage;
  }

  /**
   * What was found.
   *
   * @return the damage
   */
  public MemoryDamage damage() {
    return damage;
  }
}
