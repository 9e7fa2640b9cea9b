package dev.waitok.kmalloc.slab;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one malloc type has: its limit, and who has used how much of it.
 *
 * <p>Each owner of zones has an account with some credit, drawn from the limit in batches. Within
 * its credit an allocation or a free touches the account only, without atomics, in the owner's
 * critical section or under its lock. An account never keeps more than one batch, half of it as
 * credit and half as blocks that are ready, so a refusal comes early, and the peak is off, by at
 * most a batch an owner. What is drawn never exceeds the limit, so neither does what is used.
 */
public final class TypeLedger {
  private static final Account[] NONE = {};

  private final Owners owners;
  private final String name;
  private final int id;
  private final Budget budget;
  private final AtomicLong plainFrees = new AtomicLong();
  private final LongAdder failures = new LongAdder();
  private final LongAdder waits = new LongAdder();
  private final LongAdder switchAways = new LongAdder();

  /** By owner's slot. Replaced by a longer array with the same accounts when owners are added. */
  private Account[] accounts = NONE;

  TypeLedger(Owners owners, String name, int id, Budget budget, int slots) {
    this.owners = owners;
    this.name = name;
    this.id = id;
    this.budget = budget;
    extend(slots);
  }

  /** Adds accounts up to a number of slots. */
  public synchronized void extend(int slots) {
    int had = accounts.length;
    if (slots > had) {
      Account[] more = Arrays.copyOf(accounts, slots);
      for (int i = had; i < slots; i++) {
        more[i] = new Account(this, batch() / 2);
        owners.introduce(i, more[i]);
      }
      VarHandle.releaseFence(); // who finds the array finds what is in it
      accounts = more;
    }
  }

  /** The type's name. */
  public String name() {
    return name;
  }

  /** The number by which blocks know their type. */
  public int id() {
    return id;
  }

  /** Its limit, and those of the groups that it is in. */
  public Budget budget() {
    return budget;
  }

  /** The most that an owner keeps, as credit and as ready blocks. */
  public long batch() {
    return budget.batch();
  }

  /** An owner's account. */
  Account account(int slot) {
    return accounts[slot];
  }

  /** Gives an owner's credit back, after the limit was lowered. Owner only. */
  void revoke(int slot) {
    Account account = accounts[slot];
    account.most = batch() / 2;
    long credit = account.credit;
    if (credit > 0) {
      budget.giveBack(credit);
      account.credit = 0;
    }
  }

  /** Charges an owner's account; false if the limit does not allow it. Owner only. */
  boolean charge(int slot, long bytes) {
    return accounts[slot].charge(bytes);
  }

  /** Draws what an account lacks, and half a batch if there is as much; {@link Budget#REFUSED}. */
  long draw(long bytes) {
    return budget.draw(bytes, bytes + batch() / 2);
  }

  /** Credits an owner's account with a freed block. Owner only. */
  void credit(int slot, long bytes) {
    accounts[slot].credit(bytes);
  }

  /** Takes back a charge for a block that was not to be had. Owner only. */
  void refund(int slot, long bytes) {
    Account account = accounts[slot];
    account.requests--;
    account.giveCredit(bytes);
  }

  /** Takes back the credit for a free that was none. Owner only. */
  void uncredit(int slot, long bytes) {
    Account account = accounts[slot];
    account.frees--;
    account.credit -= bytes;
  }

  /** Gives back what an account has too much. Owner only. */
  void giveBack(Account account) {
    long surplus = account.credit - batch() / 4;
    if (surplus > 0) { // else the limit was raised, and the account does not know yet
      budget.giveBack(surplus);
      account.credit -= surplus;
    }
  }

  /**
   * Has accounts that were nobody's keep what the limit of today lets them, and be found by their
   * new owners.
   */
  public void reinstate(int fromSlot) {
    for (int i = fromSlot; i < accounts.length; i++) {
      accounts[i].most = batch() / 2;
      owners.introduce(i, accounts[i]);
    }
  }

  /** Gives the credit of owners back that are gone. */
  public void retire(int fromSlot) {
    for (int i = fromSlot; i < accounts.length; i++) {
      budget.giveBack(accounts[i].credit);
      accounts[i].credit = 0;
    }
  }

  /** Credits a block that a plain thread freed while it had no owner's lock. */
  void creditPlain(long bytes) {
    plainFrees.incrementAndGet();
    budget.giveBack(bytes);
  }

  void countFailure() {
    failures.increment();
  }

  void countWait() {
    waits.increment();
  }

  void countSwitchAway() {
    switchAways.increment();
  }

  /** Bytes in use, by block size; exact while nobody allocates or frees. */
  public long bytes() {
    long bytes = budget.drawn();
    for (Account account : accounts) {
      bytes -= account.credit + account.readyBytes();
    }
    return bytes;
  }

  /** Blocks in use; exact while nobody allocates or frees. */
  public long inUse() {
    long blocks = -plainFrees.get();
    for (Account account : accounts) {
      blocks += account.requests - account.frees;
    }
    return blocks;
  }

  /** The most bytes ever drawn. */
  public long peakBytes() {
    return budget.peak();
  }

  /** Requests so far, served or not. */
  public long requests() {
    long requests = failures.sum();
    for (Account account : accounts) {
      requests += account.requests;
    }
    return requests;
  }

  /** Requests that got null or a limit's exception. */
  public long failures() {
    return failures.sum();
  }

  /** Requests that waited. */
  public long waits() {
    return waits.sum();
  }

  /** Requests that switched away. */
  public long switchAways() {
    return switchAways.sum();
  }
}
