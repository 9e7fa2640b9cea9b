package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.spi.ExecutionContext.OwnCpu;
import dev.waitok.kmalloc.spi.Schedulers;

/**
 * The shortest path of a call: a scheduler's thread, its cpu, the type's account there, a block.
 *
 * <p>Until the block is taken, or is free, there is no preemption point in it, so nobody on the cpu
 * sees it half done, and it needs no section of its own; but it ends with one. What cannot be done
 * so has not been begun: the caller goes on with {@link Slabs}. Static, and with few arguments on
 * purpose: whatever the longer way needs would be kept in registers or on the stack all along.
 */
public final class ShortPath {
  private ShortPath() {}

  /**
   * A block for a caller that may wait, if one is there.
   *
   * @param typeId the type's {@link TypeLedger#id}, kept nearer to the caller
   * @param size in bytes; any
   * @return its offset in the arena, or less than 0: nothing was done
   */
  public static long take(TypeLedger ledger, int typeId, long size) {
    OwnCpu cpu = Schedulers.ownCpu();
    if (cpu == null || !cpu.mayBlock() || !(cpu.attachment() instanceof ZoneOwner owner)) {
      return ZoneOwner.NONE;
    }
    Account account = owner.account(ledger, typeId);
    if (account == null) {
      return ZoneOwner.NONE;
    }
    long offset = owner.take(account, size);
    if (offset >= 0) {
      cpu.preemptionPoint();
    }
    return offset;
  }

  /**
   * Frees a block of a size class, if the zone is the cpu's.
   *
   * @param typeId as {@link #take} has it
   * @return false if nothing was done: it is not, or that is no live block of the type, or the way
   *     is shut for now
   */
  public static boolean free(TypeLedger ledger, int typeId, long offset) {
    OwnCpu cpu = Schedulers.ownCpu();
    if (cpu == null || !(cpu.attachment() instanceof ZoneOwner owner)) {
      return false;
    }
    Account account = owner.account(ledger, typeId);
    if (account == null) {
      return false;
    }
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
