package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.slab.ZoneOwner.Gathered;
import dev.waitok.kmalloc.slab.ZoneOwner.Run;
import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one owner keeps, gives up and hands over. */
class ZoneOwnerTest {
  private static final int PAGES = 128;

  /** An eighth of the arena, for two stripes. */
  private static final int IDLE_SHARE = PAGES / 8 / 2;

  private static final int SLACK = IDLE_SHARE / 4;

  private static final int TYPE = 1;
  private static final int CLASS = SizeClasses.of(1024);
  private static final int BLOCKS_A_PAGE = 4;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final Owners owners = new Owners(queues, 12, 2, 0);
  private final ZoneOwner owner = Objects.requireNonNull(owners.nextStripe(null));
  private final ZoneOwner other = Objects.requireNonNull(owners.nextStripe(owner));
  private final TypeLedger ledger =
      new TypeLedger(owners, "t", TYPE, new Budget(null, Long.MAX_VALUE), owners.slots());

  @BeforeEach
  void register() {
    owners.register(ledger);
  }

  @AfterEach
  void holdsItsInvariants() {
    owners.checkInvariants();
    queues.checkInvariants();
  }

  private Zone adopt(int sizeClass, int pages) {
    Zone zone = owners.newZone(sizeClass, queues.takeAnyFree(pages), pages, 12);
    long first = adopt(zone);
    assertThat(put(zone, first)).isFalse();
    return zone;
  }

  /** Takes the first block of a new zone. */
  private long adopt(Zone zone) {
    assertThat(ledger.charge(owner.slot, zone.blockSize)).isTrue();
    return owner.adopt(zone, ledger);
  }

  private List<Long> takeAll(Zone zone) {
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < zone.blocks; i++) {
      blocks.add(owner.take(ledger, zone.sizeClass));
    }
    assertThat(blocks).allMatch(b -> zone.blockAt(b) >= 0).doesNotHaveDuplicates();
    return blocks;
  }

  private boolean put(Zone zone, long offset) {
    int outcome = owner.free(zone, zone.blockAt(offset), offset, ledger);
    assertThat(outcome).isIn(ZoneOwner.FREED, ZoneOwner.FREED_COLD, ZoneOwner.EMPTIED);
    return outcome == ZoneOwner.EMPTIED;
  }

  private static int freeAtOnce(ZoneOwner by, long offset, TypeLedger ledger) {
    Account account = by.account(ledger, ledger.id());
    return account == null ? ZoneOwner.NOT_FREED : by.freeAtOnce(account, offset);
  }

  private void freeElsewhere(Zone zone, long offset) {
    assertThat(zone.putRemote(zone.blockAt(offset))).isTrue();
    if (zone.signal()) {
      owner.tell(zone);
    }
  }

  @Test
  void isAStripeWithALockOrACpuWithout() {
    assertThat(owner.isStripe()).isTrue();
    assertThat(owner.waitersKey()).isEqualTo(ZoneOwner.STRIPES);
    assertThat(owner.tryEnter()).isTrue();
    assertThat(owner.tryEnter()).isFalse();
    owner.leave();
    owner.enterSpinning();
    assertThat(owner.tryEnter()).isFalse();
    owner.leave();
    ZoneOwner cpu = new ZoneOwner(owners, 5, 3, null);
    assertThat(cpu.isStripe()).isFalse();
    assertThat(cpu.waitersKey()).isEqualTo(5);
    assertThat(cpu.tryEnter()).isFalse();
    cpu.leave();
    assertThatThrownBy(cpu::enterSpinning).hasMessage("cpu 3's zones have no lock");
  }

  @Test
  void takesFromTheFirstZoneThatHasABlock() {
    assertThat(owner.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(owner.takeCharged(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    Zone first = adopt(CLASS, 1);
    Zone second = adopt(CLASS, 1);
    assertThat(owner.bytesOfClass(CLASS)).isEqualTo(2 * BLOCKS_A_PAGE * 1024);
    assertThat(owner.idlePages()).isEqualTo(2);
    List<Long> blocks = takeAll(first);
    assertThat(owner.idlePages()).isEqualTo(1);
    assertThat(second.blockAt(owner.take(ledger, CLASS))).isNotNegative();
    assertThat(owner.idlePages()).isZero();
    assertThat(put(first, blocks.get(0))).isFalse();
    assertThat(second.blockAt(owner.take(ledger, CLASS))).as("the longest listed").isNotNegative();
    assertThat(ledger.inUse()).isEqualTo(BLOCKS_A_PAGE + 1);
  }

  @Test
  void takesNothingThatTheLimitDoesNotAllow() {
    TypeLedger tight = new TypeLedger(owners, "tight", 2, new Budget(null, 1024), owners.slots());
    owners.register(tight);
    Zone zone = adopt(CLASS, 1);
    assertThat(owner.take(tight, CLASS)).isNotNegative();
    assertThat(owner.take(tight, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(zone.freeCount).isEqualTo(BLOCKS_A_PAGE - 1);
  }

  @Test
  void keepsEmptyZonesUpToItsShare() {
    List<Zone> zones = new ArrayList<>();
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i <= IDLE_SHARE; i++) {
      Zone zone = adopt(CLASS, 1);
      zones.add(zone);
      blocks.addAll(takeAll(zone));
    }
    int released = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Zone zone = zones.get(i / BLOCKS_A_PAGE);
      if (put(zone, blocks.get(i))) {
        assertThat(owner.lists(zone)).isFalse();
        owners.release(zone);
        released++;
      }
    }
    assertThat(released).isEqualTo(1);
    assertThat(owner.idlePages()).isEqualTo(IDLE_SHARE);
    assertThat(owner.hasIdle()).isTrue();
    assertThat(owner.bytesOfClass(CLASS)).isEqualTo(IDLE_SHARE * 4096L);
    assertThat(queues.counts()[0]).isEqualTo(PAGES - IDLE_SHARE);
    Gathered gathered = owner.drain(true, ZoneOwner.NO_CLASS);
    assertThat(gathered.empty).hasSize(IDLE_SHARE);
    assertThat(owners.settle(gathered, owner)).isTrue();
    assertThat(owner.idlePages()).isZero();
    assertThat(owner.hasIdle()).isFalse();
    assertThat(owner.bytesOfClass(CLASS)).isZero();
    assertThat(queues.counts()[0]).isEqualTo(PAGES);
    assertThat(owners.zoneOf(zones.get(0).firstPage)).isNull();
    assertThat(owners.settle(owner.drain(true, ZoneOwner.NO_CLASS), owner)).isFalse();
  }

  @Test
  void whatWasFreedElsewhereComesInWithADrain() {
    Zone zone = adopt(CLASS, 1);
    List<Long> blocks = takeAll(zone);
    freeElsewhere(zone, blocks.get(1));
    freeElsewhere(zone, blocks.get(2));
    assertThat(owner.hasIdle()).isTrue();
    Gathered gathered = owner.drain(false, ZoneOwner.NO_CLASS);
    assertThat(gathered.classes.stream().toArray()).containsExactly(CLASS);
    assertThat(gathered.empty).isEmpty();
    assertThat(owner.hasIdle()).isFalse();
    assertThat(zone.freeCount).isEqualTo(2);
    assertThat(owner.lists(zone)).isTrue();
    freeElsewhere(zone, blocks.get(0));
    freeElsewhere(zone, blocks.get(3));
    assertThat(owner.drain(false, ZoneOwner.NO_CLASS).empty).as("kept idle").isEmpty();
    assertThat(owner.idlePages()).isEqualTo(1);
  }

  @Test
  void aZoneOfTheClassThatIsWantedStaysThoughTheShareIsUsedUp() {
    Zone[] idle = new Zone[IDLE_SHARE];
    for (int i = 0; i < idle.length; i++) {
      idle[i] = adopt(SizeClasses.of(2048), 1);
    }
    Zone zone = owners.newZone(CLASS, queues.takeAnyFree(1), 1, 12);
    freeElsewhere(zone, adopt(zone));
    for (int i = 1; i < zone.blocks; i++) {
      freeElsewhere(zone, owner.take(ledger, CLASS));
    }
    assertThat(owner.idlePages()).isEqualTo(IDLE_SHARE);
    assertThat(owner.drain(false, CLASS).empty).isEmpty();
    assertThat(owner.lists(zone)).isTrue();
    takeAll(zone).forEach(b -> freeElsewhere(zone, b));
    Gathered gathered = owner.drain(false, ZoneOwner.NO_CLASS);
    assertThat(gathered.empty).containsExactly(zone);
    assertThat(owners.settle(gathered, owner)).isTrue();
  }

  @Test
  void givesAnIdleZoneOfTheRightSizeElseAny() {
    assertThat(owner.takeIdle(1)).isNull();
    Zone used = adopt(CLASS, 1);
    assertThat(owner.take(ledger, CLASS)).isNotNegative();
    assertThat(owner.takeIdle(1)).as("in use").isNull();
    Zone tail = adopt(CLASS, 1);
    Zone large = adopt(SizeClasses.of(2048), 3);
    assertThat(owner.takeIdle(3)).isSameAs(large);
    owners.release(large);
    assertThat(owner.idlePages()).isEqualTo(1);
    assertThat(owner.takeIdle(2)).as("within the slack").isNull();
    int run = queues.takeAnyFree(SLACK);
    assertThat(owner.keepRun(run, SLACK)).isNull();
    assertThat(owner.takeIdle(2)).as("behind one in use").isSameAs(tail);
    owners.release(tail);
    assertThat(owner.idlePages()).isEqualTo(SLACK);
    assertThat(owner.bytesOfClass(CLASS)).isEqualTo(used.pages * 4096L);
    assertThat(owner.giveUpRuns(1).runs).as("within the slack").isEmpty();
    assertThat(owner.takeIdle(1)).isNull();
  }

  @Test
  void keepsRunsWithinItsShareAndGivesUpTheOldest() {
    assertThat(owner.giveUpRuns(5).runs).isEmpty();
    int first = queues.takeAnyFree(3);
    int second = queues.takeAnyFree(2);
    int third = queues.takeAnyFree(IDLE_SHARE - 4);
    assertThat(owner.keepRun(first, 3)).isNull();
    assertThat(owner.keepRun(second, 2)).isNull();
    assertThat(owner.idlePages()).isEqualTo(5);
    Run oneTooMany = new Run(third, IDLE_SHARE - 4);
    assertThat(owner.keepRun(third, IDLE_SHARE - 4)).as("above the share").isEqualTo(oneTooMany);
    queues.release(third, IDLE_SHARE - 4);
    assertThat(owner.takeRun(4)).isEqualTo(RunCache.NONE);
    assertThat(owner.idlePages()).isEqualTo(5);
    assertThat(owner.takeRun(3)).isEqualTo(first);
    assertThat(owner.idlePages()).isEqualTo(2);
    assertThat(owner.keepRun(first, 3)).isNull();
    Gathered given = owner.giveUpRuns(2);
    assertThat(given.runs).containsExactly(new Run(second, 2));
    assertThat(owner.idlePages()).isEqualTo(3);
    assertThat(owners.settle(given, owner)).isTrue();
    assertThat(owner.giveUpRuns(0).runs).isEmpty();
    Gathered rest = owner.drain(true, ZoneOwner.NO_CLASS);
    assertThat(rest.runs).containsExactly(new Run(first, 3));
    assertThat(owners.settle(rest, owner)).isTrue();
    assertThat(owner.idlePages()).isZero();
    assertThat(queues.counts()[0]).isEqualTo(PAGES);
  }

  @Test
  void keepsExactlyItsShareOfRuns() {
    int run = queues.takeAnyFree(IDLE_SHARE);
    assertThat(owner.keepRun(run, IDLE_SHARE)).isNull();
    assertThat(owners.idlePages()).isEqualTo(IDLE_SHARE);
    assertThat(owners.callInStripes()).isTrue();
    assertThat(owners.callInStripes()).isFalse();
    assertThat(queues.counts()[0]).isEqualTo(PAGES);
  }

  @Test
  void handsEverythingOver() {
    Zone used = adopt(CLASS, 1);
    Zone full = adopt(SizeClasses.of(2048), 1);
    Zone idle = adopt(SizeClasses.of(3072), 3);
    long block = owner.take(ledger, CLASS);
    takeAll(full);
    int run = queues.takeAnyFree(2);
    assertThat(owner.keepRun(run, 2)).isNull();
    Gathered gathered = owner.handOver(other, List.of(used, full, idle));
    assertThat(gathered.runs).containsExactly(new Run(run, 2));
    assertThat(gathered.classes.stream().toArray()).containsExactly(CLASS, SizeClasses.of(3072));
    owners.settle(gathered, other);
    assertThat(owner.heir).isSameAs(other);
    assertThat(owner.idlePages()).isZero();
    assertThat(other.idlePages()).isEqualTo(3);
    assertThat(List.of(used.owner, full.owner, idle.owner)).containsOnly(other);
    assertThat(other.lists(used)).isTrue();
    assertThat(other.lists(full)).isFalse();
    assertThat(owner.lists(used)).isFalse();
    assertThat(other.bytesOfClass(CLASS)).isEqualTo(4096);
    assertThat(used.putRemote(used.blockAt(block))).isTrue();
    assertThat(used.signal()).isTrue();
    owner.tell(used);
    owners.afterTell(owner);
    assertThat(used.isEmpty()).as("the heir has drained it").isTrue();
  }

  /** A zone all of whose blocks are in use, and whose class is open for a ready block. */
  private Zone opened() {
    Zone zone = adopt(CLASS, 1);
    takeAll(zone);
    ledger.account(owner.slot).warmUp(Account.newReady(0));
    assertThat(freeAtOnce(owner, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(1));
    return zone;
  }

  @Test
  void theBlockThatIsReadyIsTakenNextAndNoSecondFreeOfItIsBelieved() {
    Zone zone = opened();
    long offset = zone.offsetOf(2);
    assertThat(freeAtOnce(owner, offset, ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(freeAtOnce(owner, offset, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(owner.free(zone, 2, offset, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(owners.isReady(zone, 2, offset)).isTrue();
    assertThat(zone.freeCount).as("in use for its zone").isZero();
    assertThat(ledger.inUse()).isEqualTo(BLOCKS_A_PAGE - 1);
    assertThat(ledger.bytes()).isEqualTo((BLOCKS_A_PAGE - 1) * 1024L);
    assertThat(freeAtOnce(owner, zone.offsetOf(3), ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(offset);
    assertThat(owners.isReady(zone, 2, offset)).isFalse();
    assertThat(owner.take(ledger, CLASS)).as("from its zone").isEqualTo(zone.offsetOf(3));
    assertThat(owner.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(ledger.inUse()).isEqualTo(BLOCKS_A_PAGE);
  }

  @Test
  void freesNothingThatIsNoLiveBlockOfItsOwn() {
    Zone zone = opened();
    long offset = zone.offsetOf(2);
    TypeLedger wrong =
        new TypeLedger(owners, "wrong", 2, new Budget(null, Long.MAX_VALUE), owners.slots());
    owners.register(wrong);
    assertThat(freeAtOnce(owner, offset, wrong)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(freeAtOnce(owner, offset + 16, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(freeAtOnce(other, offset, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    owners.closeShortPaths();
    assertThat(freeAtOnce(owner, offset, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(zone.isLive(2, TYPE)).isTrue();
    assertThat(owner.free(zone, 2, offset, ledger)).isEqualTo(ZoneOwner.FREED);
  }

  @Test
  void theShortPathIsShutFromARemoteFreeToTheNextDrain() {
    Zone zone = opened();
    long offset = zone.offsetOf(2);
    assertThat(freeAtOnce(owner, offset, ledger)).isEqualTo(ZoneOwner.READY);
    freeElsewhere(zone, offset); // a second free that raced
    ledger.creditPlain(zone.blockSize);
    assertThat(owner.take(ledger, CLASS)).as("ready, but told").isEqualTo(ZoneOwner.NONE);
    assertThat(freeAtOnce(owner, zone.offsetOf(3), ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    Gathered gathered = owner.drain(false, ZoneOwner.NO_CLASS);
    assertThat(gathered.classes.stream().toArray()).containsExactly(CLASS);
    assertThat(owners.lateDoubleFrees()).isEqualTo(1);
    assertThat(zone.freeCount).isEqualTo(1);
    assertThat(ledger.inUse()).isEqualTo(BLOCKS_A_PAGE - 1);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(offset);
    assertThat(freeAtOnce(owner, offset, ledger)).as("still open").isEqualTo(ZoneOwner.READY);
  }

  @Test
  void readyBlocksAreGivenUpWithTheIdleZonesAndTheClassIsClosed() {
    Zone zone = opened();
    for (int block = 0; block < zone.blocks; block++) {
      assertThat(freeAtOnce(owner, zone.offsetOf(block), ledger))
          .isEqualTo(block == 0 ? ZoneOwner.READY : ZoneOwner.FREED);
    }
    assertThat(owner.hasIdle()).isTrue();
    assertThat(ledger.bytes()).isZero();
    Gathered gathered = owner.drain(true, ZoneOwner.NO_CLASS);
    assertThat(gathered.empty).containsExactly(zone);
    assertThat(owners.settle(gathered, owner)).isTrue();
    assertThat(owner.hasIdle()).isFalse();
    assertThat(ledger.account(owner.slot).isOpen(CLASS)).isFalse();
    assertThat(ledger.inUse()).isZero();
    assertThat(ledger.bytes()).isZero();
  }

  /** A zone all of whose blocks are in use, and one of them on loan. */
  private Zone lent(int block) {
    Zone zone = opened();
    assertThat(freeAtOnce(owner, zone.offsetOf(block), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(block));
    return zone;
  }

  @Test
  void theBlockOnLoanIsTakenBackByItsOffsetAlone() {
    Zone zone = lent(2);
    assertThat(owner.takeBack(zone.offsetOf(1), ledger)).isFalse();
    assertThat(owner.takeBack(-1, ledger)).isFalse();
    assertThat(other.takeBack(zone.offsetOf(2), ledger)).isFalse();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).isTrue();
    assertThat(owners.isReady(zone, 2, zone.offsetOf(2))).isTrue();
    assertThat(ledger.inUse()).isEqualTo(BLOCKS_A_PAGE - 1);
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).as("a second free").isFalse();
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(2));
    owners.closeShortPaths();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).isFalse();
  }

  @Test
  void nothingIsTakenBackForAnAllocatorThatKnowsNothingOfIt() {
    Zone zone = lent(2);
    Owners others = new Owners(new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0)), 12, 2, 0);
    TypeLedger foreign =
        new TypeLedger(others, "t", TYPE, new Budget(null, Long.MAX_VALUE), others.slots());
    Account account = foreign.account(owner.slot);
    account.warmUp(Account.newReady(0));
    account.open(CLASS);
    account.makeReady(CLASS, zone.offsetOf(2));
    assertThat(account.takeReady(CLASS, 0)).isEqualTo(zone.offsetOf(2));
    assertThat(owner.takeBack(zone.offsetOf(2), foreign)).isFalse();
  }

  @Test
  void whatWasOnLoanAndWentToItsZoneIsNotTakenBack() {
    Zone zone = lent(2);
    assertThat(freeAtOnce(owner, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(freeAtOnce(owner, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(owner.callInReady(ZoneOwner.NO_CLASS).isNothing()).isFalse();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).isFalse();
    assertThat(zone.freeCount).isEqualTo(2);
  }

  @Test
  void aFreeOfTheBlockOnLoanPastTheShortPathIsTheOnlyOne() {
    Zone zone = lent(2);
    long offset = zone.offsetOf(2);
    assertThat(owner.free(zone, 2, offset, ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(owner.takeBack(offset, ledger)).isFalse();
  }

  @Test
  void nothingIsTakenBackAfterReadyBlocksWereCalledIn() {
    Zone zone = lent(2);
    assertThat(freeAtOnce(owner, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(owner.callInReady(ZoneOwner.NO_CLASS).isNothing()).isFalse();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).isFalse();
    assertThat(owner.free(zone, 2, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.FREED);
  }

  @Test
  void whatWasFreedFromElsewhereIsNotTakenBackThoughItsZoneIsNotQueuedYet() {
    Zone zone = lent(2);
    assertThat(zone.putRemote(1)).isTrue();
    assertThat(zone.signal()).isTrue(); // who is to tell has not done it yet
    assertThat(zone.putRemote(2)).isTrue();
    assertThat(zone.signal()).isFalse();
    owner.shut();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).as("shut").isFalse();
    assertThat(owner.drain(false, ZoneOwner.NO_CLASS).isNothing()).as("not queued").isTrue();
    assertThat(owner.takeBack(zone.offsetOf(2), ledger)).as("forgotten").isFalse();
    assertThat(owner.freeOwn(zone, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    owner.tell(zone);
    ledger.creditPlain(2 * zone.blockSize);
    assertThat(owner.drain(false, ZoneOwner.NO_CLASS).isNothing()).isFalse();
    assertThat(zone.freeCount).isEqualTo(2);
  }

  @Test
  void freesWhatIsItsOwnAndNothingElse() {
    Zone zone = lent(2);
    assertThat(owner.freeOwn(zone, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(owner.freeOwn(zone, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(owner.freeOwn(zone, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(owner.freeOwn(zone, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    assertThat(owner.freeOwn(zone, zone.offsetOf(3) + 16, ledger)).isEqualTo(ZoneOwner.NOT_FREED);
    owner.shut();
    assertThat(owner.freeOwn(zone, zone.offsetOf(3), ledger)).isEqualTo(ZoneOwner.FREED);
  }

  @Test
  void aFreeSaysWhetherItsAccountMayBeWorthHavingReadyBlocks() {
    Zone zone = adopt(CLASS, 1);
    takeAll(zone);
    assertThat(freeAtOnce(owner, zone.offsetOf(1), ledger)).isEqualTo(ZoneOwner.FREED_COLD);
    assertThat(owner.free(zone, 2, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.FREED_COLD);
    ledger.account(owner.slot).warmUp(Account.newReady(0));
    assertThat(freeAtOnce(owner, zone.offsetOf(0), ledger)).isEqualTo(ZoneOwner.FREED);
    assertThat(ledger.account(owner.slot).isOpen(CLASS)).isTrue();
    assertThat(freeAtOnce(owner, zone.offsetOf(3), ledger)).isEqualTo(ZoneOwner.READY);
  }

  @Test
  void seemsOutIsWhatIsOnLoan() {
    Zone zone = lent(2);
    assertThat(owner.seemsOut(zone.offsetOf(2), ledger)).isTrue();
    assertThat(owner.seemsOut(zone.offsetOf(1), ledger)).isFalse();
    assertThat(other.seemsOut(zone.offsetOf(2), ledger)).isFalse();
    owners.closeShortPaths();
    assertThat(owner.seemsOut(zone.offsetOf(2), ledger)).isFalse();
  }

  @Test
  void aLimitThatIsLoweredTakesReadyBlocksBackWithTheCredit() {
    Zone zone = opened();
    assertThat(freeAtOnce(owner, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(ledger.account(owner.slot).credit).isPositive();
    Gathered gathered = owner.revoke(ledger);
    assertThat(gathered.classes.stream()).containsExactly(CLASS);
    assertThat(gathered.empty).isEmpty();
    assertThat(zone.freeCount).isEqualTo(1);
    assertThat(ledger.account(owner.slot).isOpen(CLASS)).isFalse();
    assertThat(ledger.account(owner.slot).credit).isZero();
    assertThat(ledger.bytes()).isEqualTo((BLOCKS_A_PAGE - 1) * 1024L);
  }

  /** So many blocks a page that one page has a free one for each of the types. */
  private static final int SMALL = SizeClasses.of(64);

  /** Of so many types a block of one zone of an owner's is ready. */
  private List<TypeLedger> ready(ZoneOwner by, int types) {
    Zone zone = owners.newZone(SMALL, queues.takeAnyFree(1), 1, 12);
    List<TypeLedger> all = new ArrayList<>();
    for (int i = 0; i < types; i++) {
      TypeLedger one =
          new TypeLedger(
              owners, "t" + i, TYPE + 1 + i, new Budget(null, Long.MAX_VALUE), owners.slots());
      owners.register(one);
      one.account(by.slot).warmUp(Account.newReady(0));
      if (i == 0) {
        assertThat(one.charge(by.slot, 64)).isTrue();
        assertThat(by.adopt(zone, one)).isEqualTo(zone.base);
      } else {
        assertThat(by.take(one, SMALL)).isNotNegative();
      }
      long offset = zone.offsetOf(i);
      assertThat(freeAtOnce(by, offset, one)).isIn(ZoneOwner.FREED, ZoneOwner.EMPTIED);
      assertThat(by.take(one, SMALL)).isEqualTo(offset);
      assertThat(freeAtOnce(by, offset, one)).isEqualTo(ZoneOwner.READY);
      all.add(one);
    }
    return all;
  }

  private Zone adoptSmall(ZoneOwner by) {
    Zone zone = owners.newZone(SMALL, queues.takeAnyFree(1), 1, 12);
    assertThat(ledger.charge(by.slot, 64)).isTrue();
    assertThat(by.adopt(zone, ledger)).isEqualTo(zone.base);
    return zone;
  }

  @Test
  void readyBlocksAreCalledInWhenTheirClassHasGrownBeyondTheirShare() {
    int share = owners.readyShare();
    List<TypeLedger> types = ready(owner, share + 1);
    for (int zones = 2; zones <= share; zones++) {
      adoptSmall(owner);
      assertThat(owner.closeReadyIfTooMany().isNothing()).as("%s zones", zones).isTrue();
    }
    adoptSmall(owner);
    Gathered gathered = owner.closeReadyIfTooMany();
    assertThat(gathered.isNothing()).isFalse();
    assertThat(gathered.classes.stream()).containsExactly(SMALL);
    assertThat(types)
        .allSatisfy(t -> assertThat(t.account(owner.slot).isOpen(SMALL)).isFalse())
        .allSatisfy(t -> assertThat(t.bytes()).isZero());
    assertThat(owner.closeReadyIfTooMany().isNothing()).isTrue();
  }

  @Test
  void anHeirCallsItsReadyBlocksInIfItHasTooManyZonesThen() {
    int share = owners.readyShare();
    List<TypeLedger> types = ready(other, share + 1);
    List<Zone> zones = new ArrayList<>();
    for (int i = 1; i < share; i++) {
      zones.add(adoptSmall(owner));
    }
    assertThat(owner.handOver(other, zones).classes.stream()).containsExactly(SMALL);
    assertThat(types).allMatch(t -> t.account(other.slot).isOpen(SMALL));
    Zone last = adoptSmall(owner);
    assertThat(owner.handOver(other, List.of(last)).isNothing()).isFalse();
    assertThat(types).noneMatch(t -> t.account(other.slot).isOpen(SMALL));
  }

  @Test
  void whoHandsOverCallsItsReadyBlocksIn() {
    Zone zone = opened();
    assertThat(freeAtOnce(owner, zone.offsetOf(2), ledger)).isEqualTo(ZoneOwner.READY);
    assertThat(owner.handOver(other, List.of(zone)).classes.stream()).containsExactly(CLASS);
    assertThat(zone.freeCount).isEqualTo(1);
    assertThat(ledger.account(owner.slot).isOpen(CLASS)).isFalse();
    assertThat(other.take(ledger, CLASS)).isEqualTo(zone.offsetOf(2));
  }

  private long takeApart(int sizeClass, int mayUse) {
    assertThat(ledger.charge(owner.slot, SizeClasses.size(sizeClass))).isTrue();
    long offset = owner.takeApart(ledger, sizeClass, mayUse);
    if (offset < 0) {
      ledger.refund(owner.slot, SizeClasses.size(sizeClass));
    }
    return offset;
  }

  @Test
  void whatWasWithdrawnForAWindowIsForWhoMayUseItThereAndPutBackAfterwards() {
    Zone half = adopt(CLASS, 1);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(half.offsetOf(0));
    Zone full = adopt(CLASS, 1);
    takeAll(half.freeCount + full.blocks);
    assertThat(put(half, half.offsetOf(3))).isFalse();
    owner.withdraw(List.of(half, full));
    assertThat(owner.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(takeApart(CLASS, 0)).isEqualTo(ZoneOwner.NONE);
    assertThat(takeApart(CLASS, PageQueues.OF_WAITERS)).isEqualTo(ZoneOwner.NONE);
    assertThat(takeApart(SMALL, PageQueues.IN_WINDOW)).isEqualTo(ZoneOwner.NONE);
    assertThat(takeApart(CLASS, PageQueues.IN_WINDOW)).isEqualTo(half.offsetOf(3));
    assertThat(takeApart(CLASS, PageQueues.IN_WINDOW)).isEqualTo(ZoneOwner.NONE);
    assertThat(put(half, half.offsetOf(3))).isFalse();
    Gathered gathered = owner.restoreWithdrawn();
    assertThat(gathered.classes.stream()).containsExactly(CLASS);
    assertThat(owner.restoreWithdrawn().isNothing()).isTrue();
    assertThat(owner.take(ledger, CLASS)).isEqualTo(half.offsetOf(3));
    assertThat(put(full, full.offsetOf(1))).isFalse();
    assertThat(owner.take(ledger, CLASS)).isEqualTo(full.offsetOf(1));
  }

  private void takeAll(int blocks) {
    for (int i = 0; i < blocks; i++) {
      assertThat(owner.take(ledger, CLASS)).isNotNegative();
    }
    assertThat(owner.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
  }

  @Test
  void aFullZoneThatIsPutBackBringsNothing() {
    Zone zone = adopt(CLASS, 1);
    takeAll(zone.blocks);
    owner.withdraw(List.of(zone));
    assertThat(owner.restoreWithdrawn().classes.isEmpty()).isTrue();
    assertThat(put(zone, zone.offsetOf(1))).isFalse();
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(1));
  }

  @Test
  void anotherOwnersZonesAreNotWithdrawn() {
    Zone zone = adopt(CLASS, 1);
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(0));
    other.withdraw(List.of(zone));
    assertThat(owner.take(ledger, CLASS)).isEqualTo(zone.offsetOf(1));
  }

  @Test
  void theIdleZoneOfTheRightSizeIsFoundBehindOneInUseAndAmongOthers() {
    Zone used = adopt(CLASS, 1);
    assertThat(owner.take(ledger, CLASS)).isNotNegative();
    Zone tail = adopt(CLASS, 2);
    Zone head = adopt(SizeClasses.of(2048), 3);
    assertThat(owner.takeIdle(2)).as("at the end of its list").isSameAs(tail);
    owners.release(tail);
    assertThat(owner.takeIdle(1)).as("none of one page: any").isSameAs(head);
    owners.release(head);
    assertThat(used.isEmpty()).isFalse();
  }
}
