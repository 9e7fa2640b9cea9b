package dev.waitok.kmalloc.slab;

/**
 * A free from elsewhere that stops between its steps, as a thread does that loses its processor:
 * the checks have been passed when it is made.
 */
public final class FreeUnderWay {
  private final Owners owners;
  private final TypeLedger ledger;
  private final Zone zone;
  private final ZoneOwner owner;
  private final int block;

  /** A free of a block that its checks have found to be a live one of the type. */
  public FreeUnderWay(Owners owners, TypeLedger ledger, long offset) {
    this.owners = owners;
    this.ledger = ledger;
    this.zone = owners.zoneAround(offset);
    this.owner = zone.owner;
    this.block = zone.blockAt(offset);
  }

  /** Marks the block; from here on the zone is signalled, and the owner does not know it yet. */
  public FreeUnderWay mark() {
    if (!zone.putRemote(block) || !zone.signal()) {
      throw new IllegalStateException("somebody else has freed a block of the zone before");
    }
    ledger.creditPlain(zone.blockSize);
    return this;
  }

  /** Tells the owner. */
  public void tell() {
    owner.tell(zone);
    owners.afterTell(owner);
  }
}
