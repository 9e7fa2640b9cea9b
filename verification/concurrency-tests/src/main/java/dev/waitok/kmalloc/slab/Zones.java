package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.stress.PatientCaller;
import java.util.Objects;

/** One zone of one owner, and the steps of a call as {@link Slabs} makes them. */
final class Zones {
  static final int TYPE = 1;
  private static final int PAGE_SHIFT = 12;

  /** Its map has two words. */
  static final int CLASS = SizeClasses.of(32);

  static final int BLOCKS = (1 << PAGE_SHIFT) / 32;

  private static final int CREDIT = 1 << 20;

  final Owners owners;
  final ZoneOwner owner;
  final Zone zone;
  final PageQueues queues = new PageQueues(4, 0, new Levels(0, 0, 0, 0));
  private final TypeLedger ledger;

  /** A stripe's. */
  Zones() {
    this(false);
  }

  /** A scheduler's cpu's. */
  static Zones ofCpu() {
    return new Zones(true);
  }

  private Zones(boolean cpu) {
    owners = new Owners(queues, 1);
    if (cpu) {
      PatientCaller scheduler = new PatientCaller();
      owners.attach(scheduler, 1);
      owner = owners.of(scheduler);
    } else {
      owner = Objects.requireNonNull(owners.nextStripe(null));
    }
    ledger = new TypeLedger("stress", TYPE, CREDIT, owners.slots());
    owners.register(ledger);
    zone = owners.newZone(CLASS, queues.takeAnyFree(1), 1, PAGE_SHIFT);
    owner.adopt(zone);
  }

  void takeAll() {
    for (int i = 0; i < BLOCKS; i++) {
      take();
    }
  }

  /** The owner hands a block out. */
  void take() {
    if (owner.take(ledger, CLASS) < 0) {
      throw new IllegalStateException("no block");
    }
  }

  /** The owner frees a block, unless it sees that it is free. */
  boolean freeAsOwner(int block) {
    if (!zone.isLive(block, TYPE)) {
      return false;
    }
    ledger.credit(owner.slot, zone.blockSize);
    owner.put(zone, block, zone.offsetOf(block), TYPE);
    return true;
  }

  /** Somebody elsewhere frees a block, unless he sees that it is free. */
  boolean freeIfLive(int block) {
    return zone.isLive(block, TYPE) && freeRemotely(block);
  }

  boolean freeRemotely(int block) {
    if (!zone.putRemote(block)) {
      return false;
    }
    ledger.creditPlain(zone.blockSize);
    if (zone.signal()) {
      owner.tell(zone);
      owners.afterTell(owner);
    }
    return true;
  }

  /** The owner takes in what was freed elsewhere, if it was told. */
  void drain() {
    owners.settle(owner.drain(false, ZoneOwner.NO_CLASS), owner);
  }
}
