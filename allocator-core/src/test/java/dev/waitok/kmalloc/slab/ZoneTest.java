package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One zone beside a plain set of its blocks. */
class ZoneTest {
  private static final int PAGE_SHIFT = 12;
  private static final int TYPE = 5;

  /** So that the zones are within the idle share. */
  private static final int PAGES = 64;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final Owners owners = new Owners(queues, PAGE_SHIFT, 1, 0);
  private final ZoneOwner owner = Objects.requireNonNull(owners.nextStripe(null));
  private final TypeLedger ledger =
      new TypeLedger(owners, "t", TYPE, new Budget(null, Long.MAX_VALUE), owners.slots());

  private Zone zone(int bytes, int pages) {
    owners.register(ledger);
    if (queues.counts()[0] == PAGES) {
      assertThat(queues.takeAnyFree(3)).as("no zone begins at page 0").isZero();
    }
    Zone zone = owners.newZone(SizeClasses.of(bytes), queues.takeAnyFree(pages), pages, PAGE_SHIFT);
    assertThat(ledger.charge(owner.slot, zone.blockSize)).isTrue();
    put(zone, zone.blockAt(owner.adopt(zone, ledger)));
    return zone;
  }

  private long take(Zone zone) {
    return owner.take(ledger, zone.sizeClass);
  }

  private void put(Zone zone, int block) {
    assertThat(owner.free(zone, block, zone.offsetOf(block), ledger))
        .isIn(ZoneOwner.FREED, ZoneOwner.FREED_COLD, ZoneOwner.EMPTIED);
  }

  @Test
  void findsTheBlockThatBeginsAtAnOffsetAndNoOther() {
    for (int bytes : new int[] {16, 24, 136, 1000, 3000, 9000, 16384}) {
      Zone zone = zone(bytes, 4);
      int size = SizeClasses.size(SizeClasses.of(bytes));
      assertThat(zone.blocks).isEqualTo(4 * 4096 / size);
      assertThat(zone.base).isEqualTo(zone.firstPage * 4096L).isPositive();
      for (int block = 0; block < zone.blocks; block++) {
        long offset = zone.base + (long) block * size;
        assertThat(zone.offsetOf(block)).isEqualTo(offset);
        assertThat(zone.blockAt(offset)).isEqualTo(block);
        assertThat(zone.blockAt(offset + 1)).isEqualTo(-1);
        assertThat(zone.blockAt(offset + size - 1)).isEqualTo(-1);
        assertThat(zone.blockAround(offset + size - 1)).isEqualTo(block);
      }
      assertThat(zone.blockAt(zone.base + (long) zone.blocks * size)).isEqualTo(-1);
      owner.drain(true, ZoneOwner.NO_CLASS).empty.forEach(owners::release);
    }
  }

  @Test
  void isASetOfBlocks() {
    for (long seed = 1; seed <= 16; seed++) {
      Random random = new Random(seed);
      Zone zone = zone(40, 1); // 102 blocks: two words, the second one not full
      List<Integer> live = new ArrayList<>();
      BitSet remote = new BitSet();
      for (int step = 0; step < 250; step++) {
        int choice = random.nextInt(6);
        boolean many = seed % 2 == 0;
        if (choice < (many ? 4 : 2)) {
          long offset = take(zone);
          boolean full = live.size() + remote.cardinality() == zone.blocks;
          assertThat(offset < 0).as("seed %d", seed).isEqualTo(full);
          if (!full) {
            int block = zone.blockAt(offset);
            assertThat(block).isNotNegative();
            assertThat(live).doesNotContain(block);
            assertThat(remote.get(block)).isFalse();
            assertThat(zone.isLive(block, TYPE)).isTrue();
            live.add(block);
          }
        } else if (choice == 4 && !live.isEmpty()) {
          int block = live.remove(random.nextInt(live.size()));
          assertThat(zone.putRemote(block)).isTrue();
          assertThat(zone.putRemote(block)).as("twice").isFalse();
          if (zone.signal()) {
            owner.tell(zone);
          }
          remote.set(block);
        } else if (choice == 5 && random.nextInt(4) == 0) {
          owners.settle(owner.drain(false, zone.sizeClass), owner);
          remote.clear();
        } else if (!live.isEmpty()) {
          int block = live.remove(random.nextInt(live.size()));
          put(zone, block);
        }
        assertThat(zone.freeCount).isEqualTo(zone.blocks - live.size() - remote.cardinality());
        check(zone, live);
        owners.checkInvariants();
      }
      live.forEach(block -> put(zone, block));
      owners.settle(owner.drain(true, ZoneOwner.NO_CLASS), owner);
      assertThat(owners.idlePages()).isZero();
    }
    assertThat(owners.lateDoubleFrees()).isZero();
  }

  private static void check(Zone zone, List<Integer> live) {
    BitSet lives = new BitSet();
    live.forEach(lives::set);
    BitSet seen = new BitSet();
    BitSet notFree = new BitSet();
    for (int block = 0; block < zone.blocks; block++) {
      seen.set(block, zone.isLive(block, TYPE));
      notFree.set(block, !zone.isFree(block));
      if (zone.isLive(block, TYPE + 1)) {
        throw new AssertionError("live for another type: " + block);
      }
    }
    assertThat(seen).isEqualTo(lives);
    assertThat(notFree).isEqualTo(lives);
  }

  @Test
  void theNextBlockTakenIsTheOneFreedLast() {
    Zone zone = zone(16, 1);
    for (int i = 0; i < zone.blocks; i++) {
      assertThat(take(zone)).isNotNegative();
    }
    put(zone, 10);
    put(zone, 202);
    put(zone, 201);
    assertThat(zone.blockAt(take(zone))).isEqualTo(201);
    assertThat(zone.blockAt(take(zone))).isEqualTo(202);
    assertThat(zone.blockAt(take(zone))).isEqualTo(10);
    assertThat(take(zone)).isNegative();
  }

  /** As many as a page can have: their numbers need all bits that a mark has for them. */
  @Test
  void theMostBlocksOfAZoneAreHandedOutOnceEach() {
    int shift = 20;
    Zone zone = new Zone(owner, SizeClasses.of(16), 0, 1, shift);
    assertThat(zone.blocks).isEqualTo(1 << 16);
    for (int round = 0; round < 2; round++) {
      BitSet taken = new BitSet();
      for (int i = 0; i < zone.blocks; i++) {
        taken.set(zone.blockAt(zone.take(Zone.LARGEST_TYPE)));
      }
      assertThat(taken.cardinality()).isEqualTo(zone.blocks);
      assertThat(zone.freeCount).isZero();
      for (int block = zone.blocks - 1; block >= 0; block--) {
        assertThat(zone.typeOf(block)).isEqualTo(Zone.LARGEST_TYPE);
        zone.put(block, Zone.LARGEST_TYPE);
        assertThat(zone.typeOf(block)).isEqualTo(Zone.LARGEST_TYPE);
      }
    }
    assertThat(zone.isEmpty()).isTrue();
  }

  @Test
  void aBlockThatWasFreedMeanwhileKeepsItsPlaceAmongTheFreeOnes() {
    Zone zone = zone(64, 1);
    for (int i = 0; i < 4; i++) {
      assertThat(take(zone)).isNotNegative();
    }
    assertThat(zone.relabel(1, TYPE, TYPE + 1)).isTrue();
    assertThat(zone.typeOf(1)).isEqualTo(TYPE + 1);
    assertThat(zone.relabel(1, TYPE, TYPE + 2)).as("another's").isFalse();
    put(zone, 3); // by an offset of an earlier block there
    assertThat(zone.relabel(3, TYPE, TYPE + 1)).isFalse();
    owners.checkInvariants();
    assertThat(zone.blockAt(take(zone))).isEqualTo(3);
    assertThat(zone.blockAt(take(zone))).isEqualTo(4);
  }

  @Test
  void isSignalledOnceBetweenTwoDrains() {
    Zone zone = zone(64, 1);
    long block = take(zone);
    assertThat(zone.isEmpty()).isFalse();
    assertThat(zone.signal()).isTrue();
    assertThat(zone.signal()).isFalse();
    zone.unsignal();
    assertThat(zone.signal()).isTrue();
    assertThat(zone.putRemote(zone.blockAt(block))).isTrue();
    assertThat(zone.drain()).isEqualTo(1);
    assertThat(zone.drain()).isZero();
    assertThat(zone.signal()).isTrue();
    zone.unsignal();
    assertThat(zone.isEmpty()).isTrue();
  }

  @Test
  void aSecondFreeThatRacedIsFoundByADrain() {
    Zone zone = zone(64, 1);
    long offset = take(zone);
    int block = zone.blockAt(offset);
    put(zone, block);
    ledger.credit(owner.slot, 64); // the other one's
    assertThat(zone.putRemote(block)).isTrue();
    assertThat(zone.drain()).isZero();
    assertThat(owners.lateDoubleFrees()).isEqualTo(1);
    assertThat(ledger.inUse()).isZero();
    assertThat(zone.freeCount).isEqualTo(zone.blocks);
    owners.checkInvariants();
  }

  @Test
  void aSecondFreeThatRacedIsFoundWhenTheBlockIsHandedOut() {
    Zone zone = zone(64, 1);
    long offset = take(zone);
    int block = zone.blockAt(offset);
    put(zone, block);
    assertThat(zone.putRemote(block)).isTrue();
    assertThat(zone.signal()).isTrue();
    assertThat(take(zone)).isEqualTo(offset);
    assertThat(owners.lateDoubleFrees()).isEqualTo(1);
    assertThat(zone.isLive(block, TYPE)).as("the new owner has it").isTrue();
    assertThat(zone.drain()).isZero();
    assertThat(zone.isLive(block, TYPE)).isTrue();
  }
}
