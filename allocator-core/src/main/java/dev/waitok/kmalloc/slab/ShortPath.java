package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.spi.ExecutionContext.OwnCpu;
import dev.waitok.kmalloc.spi.Schedulers;

/**
 * The shortest path of a call: a scheduler's thread, its cpu, the type's account there, a block.
 *
 * <p>It contains no preemption point, so nobody on the cpu sees it half done, and it needs no
 * section of its own; but it ends with one. What cannot be done so has not been begun: the caller
 * goes on with {@link Slabs}. Static, and with few arguments on purpose: whatever the longer way
 * needs would be kept in registers or on the stack all along this one.
 */
public final class ShortPath {
  private ShortPath() {}

  /**
   * A block for a caller that may wait, if one is there.
   *
   * @param size in bytes; any
   * @return its offset in the arena, or less than 0: nothing was done
   */
  public static long take(TypeLedger ledger, long size) {
    OwnCpu cpu = Schedulers.ownCpu();
    if (cpu == null || !cpu.mayBlock()) {
      return ZoneOwner.NONE;
    }
    Account account = ledger.accountOn(cpu);
    if (account == null) {
      return ZoneOwner.NONE;
    }
    long offset = account.owner().take(account, size);
    if (offset >= 0) {
      cpu.preemptionPoint();
    }
    return offset;
  }

  /**
   * Frees a block of a size class, if the zone is the cpu's.
   *
   * @return false if nothing was done, since it is not, or that is no live block of the type
   */
  public static boolean free(TypeLedger ledger, long offset) {
    OwnCpu cpu = Schedulers.ownCpu();
    if (cpu == null) {
      return false;
    }
    Account account = ledger.accountOn(cpu);
    if (account == null) {
      return false;
    }
    ZoneOwner owner = account.owner();
    int outcome = owner.freeAtOnce(account, offset);
    if (outcome != ZoneOwner.READY) {
      if (outcome == ZoneOwner.NOT_FREED) {
        return false;
      }
      if (outcome != ZoneOwner.FREED || owner.owners().anyWaiting()) {
        Owners owners = owner.owners();
        owners.afterFree(owner, owners.zoneAround(offset), outcome, account);
      }
    }
    cpu.preemptionPoint();
    return true;
  }
}
