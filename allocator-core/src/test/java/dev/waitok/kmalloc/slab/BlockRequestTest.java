package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.context.PlainContext;
import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.PageSupply;
import dev.waitok.kmalloc.vm.Pageout;
import dev.waitok.kmalloc.vm.Reclaimers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request for a block past the fast path, on the test's own thread. */
class BlockRequestTest {
  private static final int PAGES = 16;
  private static final int CLASS = SizeClasses.of(1024);
  private static final int NOWAIT = Demand.of(0, false);

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final Callers callers = new Callers(new PlainContext());
  private final Owners owners = new Owners(queues, 12, 2, 0);
  private final PageArena arena = PageArena.allocate(PAGES << 12, 12);
  private final Slabs slabs =
      new Slabs(
          arena,
          new PageSupply(
              queues,
              new Pageout(queues, callers, () -> {}, owners, new Reclaimers(queues, callers)),
              callers,
              true),
          callers,
          owners);
  private final TypeLedger ledger = slabs.newLedger("t", 1, new Budget(null, Long.MAX_VALUE));
  private final TypeLedger other = slabs.newLedger("u", 2, new Budget(null, Long.MAX_VALUE));

  @AfterEach
  void close() {
    owners.checkInvariants();
    queues.checkInvariants();
    arena.close();
  }

  @Test
  void isLikeOneThatAsksForTheSame() {
    ZoneOwner cpu = new ZoneOwner(owners, 5, 3, null);
    BlockRequest plain = new BlockRequest(slabs, ledger, CLASS, NOWAIT, null);
    assertThat(plain.isLike(ledger, CLASS, NOWAIT, null)).isTrue();
    assertThat(plain.isLike(other, CLASS, NOWAIT, null)).isFalse();
    assertThat(plain.isLike(ledger, CLASS + 1, NOWAIT, null)).isFalse();
    assertThat(plain.isLike(ledger, CLASS, NOWAIT, cpu)).isFalse();
    assertThat(plain.isLike(ledger, CLASS, Demand.of(1, false), null)).isFalse();
    assertThat(
            new BlockRequest(slabs, ledger, CLASS, NOWAIT, cpu).isLike(ledger, CLASS, NOWAIT, cpu))
        .isTrue();
  }

  /** So that what one type was refused does not become another's. */
  @Test
  void aTypeThatIsRefusedAfterAnotherIsServedByItsOwnRequestLater() {
    int page = queues.takeAnyFree(PAGES);
    assertThat(slabs.allocate(ledger, CLASS, NOWAIT)).isEqualTo(Slabs.NONE);
    assertThat(slabs.allocate(ledger, CLASS, NOWAIT)).isEqualTo(Slabs.NONE);
    assertThat(slabs.allocate(other, CLASS, NOWAIT)).isEqualTo(Slabs.NONE);
    assertThat(ledger.failures()).isEqualTo(2);
    assertThat(other.failures()).isEqualTo(1);
    queues.release(page, PAGES);
    long mine = slabs.allocate(ledger, CLASS, NOWAIT);
    assertThat(mine).isNotNegative();
    assertThat(slabs.inspect(mine).typeId()).isEqualTo(1);
    assertThat(other.inUse()).isZero();
    assertThat(slabs.free(mine, ledger)).isEqualTo(Slabs.OK);
  }

  @Test
  void idleZonesOfOtherLengthsAreGivenUpForANewOne() {
    long small = slabs.allocate(ledger, SizeClasses.of(64), NOWAIT);
    assertThat(slabs.free(small, ledger)).isEqualTo(Slabs.OK);
    int idle = owners.idlePages();
    assertThat(idle).isPositive();
    int rest = queues.counts()[0];
    assertThat(queues.takeAnyFree(rest)).isNotNegative();
    long block = slabs.allocate(other, CLASS, NOWAIT);
    assertThat(block).as("in the pages of the idle zone").isNotNegative();
    assertThat(owners.idlePages()).isLessThan(idle);
    assertThat(slabs.free(block, other)).isEqualTo(Slabs.OK);
  }

  @Test
  void aBlockThatIsReadyForAnotherTypeIsCalledInBeforeANewcomerIsRefused() {
    ledger.account(owners.firstStripe().slot).warmUp(Account.newReady(0));
    long first = slabs.allocate(ledger, CLASS, NOWAIT);
    for (int i = 1; i < 4; i++) {
      assertThat(slabs.allocate(ledger, CLASS, NOWAIT)).isNotNegative();
    }
    assertThat(slabs.free(first, ledger)).isEqualTo(Slabs.OK); // opens the class
    assertThat(slabs.allocate(ledger, CLASS, NOWAIT)).isEqualTo(first);
    assertThat(slabs.free(first, ledger)).isEqualTo(Slabs.OK);
    assertThat(ledger.account(owners.firstStripe().slot).ready(CLASS)).isEqualTo(first);
    assertThat(queues.takeAnyFree(queues.counts()[0])).isNotNegative();
    long block = slabs.allocate(other, CLASS, NOWAIT);
    assertThat(block).isEqualTo(first);
    assertThat(slabs.inspect(block).typeId()).isEqualTo(2);
    assertThat(ledger.inUse()).isEqualTo(3);
    assertThat(slabs.free(block, other)).isEqualTo(Slabs.OK);
  }
}
