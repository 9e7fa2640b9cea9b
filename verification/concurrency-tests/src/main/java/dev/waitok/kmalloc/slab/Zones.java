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
  final PageQueues queues = new PageQueues(64, 0, new Levels(0, 0, 0, 0));
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
    owners = new Owners(queues, PAGE_SHIFT, 1, 0);
    if (cpu) {
      PatientCaller scheduler = new PatientCaller();
      owners.attach(scheduler, 1);
      owner = owners.of(scheduler);
    } else {
      owner = Objects.requireNonNull(owners.nextStripe(null));
    }
    ledger = new TypeLedger(owners, "stress", TYPE, new Budget(null, CREDIT), owners.slots());
    owners.register(ledger);
    zone = owners.newZone(CLASS, queues.takeAnyFree(1), 1, PAGE_SHIFT);
    if (!ledger.charge(owner.slot, zone.blockSize) || owner.adopt(zone, ledger) != zone.base) {
      throw new IllegalStateException("not the first block");
    }
  }

  /** The owner hands all blocks out; the first one is already. */
  void takeAll() {
    for (int i = 1; i < BLOCKS; i++) {
      take();
    }
  }

  /** The owner hands a block out; takes in what was freed elsewhere if there is none at once. */
  void take() {
    if (owner.take(ledger, CLASS) < 0) {
      drain();
      if (owner.take(ledger, CLASS) < 0) {
        throw new IllegalStateException("no block");
      }
    }
  }

  /** After it a block that the owner frees at once is ready. All blocks stay in use. */
  void open() {
    ledger.account(owner.slot).warmUp(Account.newReady(0));
    if (!freeAsOwner(BLOCKS - 1)) {
      throw new IllegalStateException("not freed");
    }
    if (!ledger.account(owner.slot).isOpen(CLASS)) {
      throw new IllegalStateException("not open: no block would be ready");
    }
    take();
  }

  /** After it a block of an open class is out. */
  void lend(int block) {
    if (owner.freeOwn(zone, zone.offsetOf(block), ledger) != ZoneOwner.READY) {
      throw new IllegalStateException("not ready");
    }
    take();
    if (ledger.account(owner.slot).out(CLASS) != zone.offsetOf(block)) {
      throw new IllegalStateException("not out");
    }
  }

  /** The owner frees a block, unless it sees that it is free. */
  boolean freeAsOwner(int block) {
    return owner.freeOwn(zone, zone.offsetOf(block), ledger) != ZoneOwner.NOT_FREED;
  }

  boolean isReady(int block) {
    return owners.isReady(zone, block, zone.offsetOf(block));
  }

  /** Somebody elsewhere frees a block, unless he sees that it is free. */
  boolean freeIfLive(int block) {
    return zone.isLive(block, TYPE) && !isReady(block) && freeRemotely(block);
  }

  boolean freeRemotely(int block) {
    if (!zone.putRemote(block)) {
      return false;
    }
    ledger.creditPlain(zone.blockSize);
    if (zone.signal()) {
      owner.tell(zone);
      owners.afterTell(owner);
    } else {
      owner.shut();
    }
    return true;
  }

  /** Somebody elsewhere frees the first block of them, and stops before he tells the owner. */
  void freeWithoutTelling(int block) {
    if (!zone.putRemote(block) || !zone.signal()) {
      throw new IllegalStateException("not the first");
    }
    ledger.creditPlain(zone.blockSize);
  }

  /** He tells the owner. */
  void tell() {
    owner.tell(zone);
    owners.afterTell(owner);
  }

  /** The owner takes in what was freed elsewhere, if it was told. */
  void drain() {
    owners.settle(owner.drain(false, ZoneOwner.NO_CLASS), owner);
  }
}
