package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import org.junit.jupiter.api.Test;

/** Credit of owners, drawn from a limit in batches. */
class TypeLedgerTest {
  private static final long LIMIT = 6400;
  private static final long BATCH = 100;

  /** The most that an account keeps as credit. */
  private static final long KEPT = BATCH / 2;

  private final Owners owners = new Owners(new PageQueues(16, 0, new Levels(0, 0, 0, 0)), 12, 1, 0);
  private final TypeLedger ledger = new TypeLedger(owners, "t", 3, new Budget(null, LIMIT), 2);

  @Test
  void isWhatItWasMadeAs() {
    assertThat(ledger.name()).isEqualTo("t");
    assertThat(ledger.id()).isEqualTo(3);
    assertThat(ledger.budget().limit()).isEqualTo(LIMIT);
    assertThat(ledger.batch()).isEqualTo(BATCH);
    assertThat(new TypeLedger(owners, "u", 4, new Budget(null, Long.MAX_VALUE), 1).batch())
        .isEqualTo(128 << 10);
  }

  @Test
  void countsWhatIsInUse() {
    assertThat(ledger.charge(0, 40)).isTrue();
    assertThat(ledger.charge(1, 50)).isTrue();
    assertThat(ledger.bytes()).isEqualTo(90);
    assertThat(ledger.inUse()).isEqualTo(2);
    assertThat(ledger.requests()).isEqualTo(2);
    ledger.credit(0, 40);
    assertThat(ledger.bytes()).isEqualTo(50);
    assertThat(ledger.inUse()).isEqualTo(1);
    ledger.creditPlain(50);
    assertThat(ledger.bytes()).isZero();
    assertThat(ledger.inUse()).isZero();
    assertThat(ledger.requests()).isEqualTo(2);
  }

  @Test
  void neverExceedsTheLimitAndUsesItUp() {
    long charged = 0;
    while (ledger.charge(0, 10)) {
      charged += 10;
    }
    assertThat(charged).isEqualTo(LIMIT);
    assertThat(ledger.bytes()).isEqualTo(LIMIT);
    assertThat(ledger.peakBytes()).isEqualTo(LIMIT);
    assertThat(ledger.charge(1, 1)).isFalse();
    ledger.credit(0, 10);
    assertThat(ledger.charge(0, 11)).isFalse();
    assertThat(ledger.charge(0, 10)).isTrue();
  }

  @Test
  void drawsHalfABatchMoreThanItNeeds() {
    assertThat(ledger.charge(0, 10)).isTrue();
    assertThat(ledger.peakBytes()).isEqualTo(10 + KEPT);
    assertThat(ledger.charge(0, KEPT)).as("from its credit").isTrue();
    assertThat(ledger.peakBytes()).isEqualTo(10 + KEPT);
    assertThat(ledger.charge(0, 1)).isTrue();
    assertThat(ledger.peakBytes()).isEqualTo(11 + 2 * KEPT);
    assertThat(ledger.bytes()).isEqualTo(11 + KEPT);
  }

  @Test
  void drawsOnlyWhatItsCreditLacks() {
    assertThat(ledger.charge(0, 10)).isTrue();
    assertThat(ledger.charge(0, KEPT + 50)).isTrue();
    assertThat(ledger.peakBytes()).isEqualTo(10 + KEPT + 50 + KEPT);
  }

  @Test
  void aPairOfChargeAndCreditDrawsNothing() {
    for (int i = 0; i < 100; i++) {
      assertThat(ledger.charge(0, 10)).isTrue();
      ledger.credit(0, 10);
    }
    assertThat(ledger.peakBytes()).isEqualTo(10 + KEPT);
  }

  @Test
  void givesBackDownToAQuarterOfABatchOnceItHasMoreThanHalf() {
    assertThat(ledger.charge(0, LIMIT)).isTrue();
    assertThat(ledger.charge(1, 1)).isFalse();
    ledger.credit(0, KEPT);
    assertThat(ledger.charge(1, 1)).as("half a batch may stay").isFalse();
    ledger.credit(0, 1);
    assertThat(ledger.charge(1, KEPT / 2 + 2)).as("more than what was given back").isFalse();
    assertThat(ledger.charge(1, KEPT / 2 + 1)).isTrue();
    assertThat(ledger.charge(0, KEPT / 2)).as("what it kept").isTrue();
    assertThat(ledger.charge(0, 1)).isFalse();
    assertThat(ledger.bytes()).isEqualTo(LIMIT);
  }

  @Test
  void aRefundIsNoRequestAndAFreeThatWasNoneIsTakenBack() {
    assertThat(ledger.charge(0, 30)).isTrue();
    assertThat(ledger.charge(0, 20)).isTrue();
    ledger.refund(0, 20);
    assertThat(ledger.requests()).isEqualTo(1);
    assertThat(ledger.inUse()).isEqualTo(1);
    assertThat(ledger.bytes()).isEqualTo(30);
    ledger.credit(0, 30);
    ledger.uncredit(0, 30);
    assertThat(ledger.inUse()).isEqualTo(1);
    assertThat(ledger.bytes()).isEqualTo(30);
  }

  @Test
  void aLowerLimitHoldsOnceCreditIsRevoked() {
    assertThat(ledger.charge(0, 10)).isTrue();
    ledger.budget().limit(64);
    ledger.revoke(0);
    assertThat(ledger.bytes()).isEqualTo(10);
    assertThat(ledger.charge(0, 55)).isFalse();
    assertThat(ledger.charge(0, 54)).isTrue();
    ledger.revoke(0);
    assertThat(ledger.bytes()).as("nothing to revoke").isEqualTo(64);
    ledger.credit(0, 2);
    assertThat(ledger.charge(1, 2)).as("a batch is 1 byte now, and half of it none").isTrue();
  }

  @Test
  void anOwnerThatIsGoneGivesItsCreditBack() {
    assertThat(ledger.charge(0, LIMIT - KEPT)).isTrue();
    assertThat(ledger.charge(1, 1)).isFalse();
    ledger.retire(1);
    assertThat(ledger.charge(1, 1)).as("the first owner is not gone").isFalse();
    ledger.retire(0);
    assertThat(ledger.bytes()).isEqualTo(LIMIT - KEPT);
    assertThat(ledger.charge(1, KEPT)).isTrue();
  }

  @Test
  void isExtendedByOwnersWithoutLosingAny() {
    assertThat(ledger.charge(1, 10)).isTrue();
    ledger.extend(4);
    assertThat(ledger.charge(3, 20)).isTrue();
    ledger.extend(3);
    assertThat(ledger.charge(3, 20)).isTrue();
    assertThat(ledger.bytes()).isEqualTo(50);
    ledger.credit(3, 40);
    assertThat(ledger.bytes()).isEqualTo(10);
  }

  @Test
  void countsFailuresWaitsAndSwitches() {
    ledger.countFailure();
    ledger.countWait();
    ledger.countWait();
    ledger.countSwitchAway();
    assertThat(ledger.failures()).isEqualTo(1);
    assertThat(ledger.requests()).isEqualTo(1);
    assertThat(ledger.waits()).isEqualTo(2);
    assertThat(ledger.switchAways()).isEqualTo(1);
  }
}
