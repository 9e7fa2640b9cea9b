package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is ready, and what is out and may come back. */
class AccountTest {
  private static final int A = SizeClasses.of(64);
  private static final int B = SizeClasses.of(256);
  private static final int CLOSED = SizeClasses.of(512);
  private static final long SHUT = -1;

  private final Owners owners = new Owners(new PageQueues(64, 0, new Levels(0, 0, 0, 0)), 12, 1, 0);
  private final TypeLedger ledger =
      new TypeLedger(owners, "t", 1, new Budget(null, Long.MAX_VALUE), owners.slots());
  private final Account account = ledger.account(0);

  @BeforeEach
  void open() {
    account.warmUp(Account.newReady(3));
    account.open(A);
    account.open(B);
  }

  private void ready(int sizeClass, long offset) {
    assertThat(account.ready(sizeClass)).isEqualTo(Account.EMPTY);
    account.makeReady(sizeClass, offset);
    assertThat(account.ready(sizeClass)).isEqualTo(offset);
  }

  private long take(int sizeClass, long unless) {
    long offset = account.takeLoan(SizeClasses.size(sizeClass), unless);
    return offset >= 0 ? offset : account.takeReady(sizeClass, unless);
  }

  private void out(int sizeClass, long offset) {
    ready(sizeClass, offset);
    assertThat(take(sizeClass, 0)).isEqualTo(offset);
    assertThat(account.ready(sizeClass)).isNegative();
    assertThat(account.out(sizeClass)).isEqualTo(offset);
  }

  @Test
  void aClassHasOneReadyBlockIfItIsOpen() {
    assertThat(take(A, 0)).isNegative();
    ready(A, 0);
    assertThat(account.ready(CLOSED)).isLessThan(Account.EMPTY);
    assertThat(account.readyBytes()).isEqualTo(64);
    assertThat(take(A, SHUT)).isNegative();
    assertThat(take(CLOSED, 0)).isNegative();
    assertThat(take(A, 0)).isZero();
    assertThat(account.readyBytes()).isZero();
    assertThat(account.requests).isEqualTo(1);
    assertThat(account.frees).isEqualTo(1);
  }

  @Test
  void theBlockThatIsOutComesBackByItsOffset() {
    out(A, 64);
    assertThat(account.takeBack(128, 0)).isFalse();
    assertThat(account.takeBack(64, SHUT)).isFalse();
    assertThat(account.takeBack(64, 0)).isTrue();
    assertThat(account.ready(A)).isEqualTo(64);
    assertThat(account.readyBytes()).isEqualTo(64);
    assertThat(account.out(A)).isNegative();
    assertThat(account.takeBack(64, 0)).as("twice").isFalse();
    assertThat(take(A, SHUT)).isNegative();
    assertThat(take(B, 0)).isNegative();
    assertThat(take(A, 0)).isEqualTo(64);
    assertThat(account.requests).isEqualTo(2);
    assertThat(account.frees).isEqualTo(2);
  }

  @Test
  void theLoanIsHandedOutForTheSizesOfItsClassOnly() {
    out(A, 64);
    for (long size : new long[] {57, 60, 64}) {
      assertThat(account.takeLoan(size, 0)).as("out").isNegative();
      assertThat(account.takeBack(64, 0)).isTrue();
      assertThat(account.takeLoan(size, SHUT)).as("shut").isNegative();
      assertThat(account.takeLoan(size, 0)).isEqualTo(64);
    }
    assertThat(account.takeBack(64, 0)).isTrue();
    for (long size : new long[] {-1, 0, 1, 56, 65, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(account.takeLoan(size, 0)).isNegative();
    }
    assertThat(account.callIn(A)).isEqualTo(64);
    assertThat(account.takeLoan(64, 0)).as("called in").isNegative();
    int smallest = SizeClasses.of(1);
    account.open(smallest);
    out(smallest, 128);
    assertThat(account.takeBack(128, 0)).isTrue();
    assertThat(account.takeLoan(0, 0)).isNegative();
    assertThat(account.takeLoan(1, 0)).isEqualTo(128);
  }

  @Test
  void theBlockAtTheArenasBeginIsLentAsAny() {
    out(A, 0);
    assertThat(account.takeBack(0, 0)).isTrue();
    assertThat(account.ready(A)).isZero();
    assertThat(account.takeLoan(64, 0)).isZero();
    assertThat(account.takeBack(0, 0)).isTrue();
    ready(B, 256);
    assertThat(take(B, 0)).isEqualTo(256);
    assertThat(account.ready(A)).as("kept when another class is lent").isZero();
    assertThat(take(A, 0)).isZero();
  }

  @Test
  void nothingComesBackWhereNothingIsOut() {
    for (long offset : new long[] {-1, 0, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(account.takeBack(offset, 0)).isFalse();
    }
    assertThat(account.frees).isZero();
  }

  @Test
  void whatIsInStaysReadyWhenAnotherClassHasTheLoan() {
    out(A, 64);
    assertThat(account.takeBack(64, 0)).isTrue();
    ready(B, 256);
    assertThat(take(B, 0)).isEqualTo(256);
    assertThat(account.ready(A)).isEqualTo(64);
    assertThat(account.takeBack(64, 0)).isFalse();
    assertThat(account.takeBack(256, 0)).isTrue();
    assertThat(account.readyBytes()).isEqualTo(64 + 256);
    assertThat(take(A, 0)).isEqualTo(64);
    assertThat(account.ready(B)).isEqualTo(256);
  }

  @Test
  void whatIsOutIsForgottenWhenAnotherBlockOfItsClassIsReady() {
    out(A, 64);
    ready(A, 128);
    assertThat(account.takeBack(64, 0)).as("by its zone").isFalse();
    assertThat(take(A, 0)).isEqualTo(128);
    assertThat(account.takeBack(128, 0)).isTrue();
  }

  @Test
  void aBlockOfAnotherClassThatBecomesReadyLeavesTheLoanAsItIs() {
    out(A, 64);
    ready(B, 256);
    assertThat(account.takeBack(64, 0)).isTrue();
    assertThat(account.readyBytes()).isEqualTo(64 + 256);
  }

  @Test
  void whatIsOutIsForgottenOnRequest() {
    out(A, 64);
    account.forgetOut(128);
    assertThat(account.out(A)).isEqualTo(64);
    account.forgetOut(64);
    assertThat(account.takeBack(64, 0)).isFalse();
    assertThat(account.ready(A)).isEqualTo(Account.EMPTY);
    out(A, 64);
    account.forgetOut();
    assertThat(account.takeBack(64, 0)).isFalse();
    ready(A, 64);
    assertThat(account.callIn(A)).isEqualTo(64);
  }

  @Test
  void whatIsInIsNotForgotten() {
    out(A, 64);
    assertThat(account.takeBack(64, 0)).isTrue();
    account.forgetOut();
    account.forgetOut(64);
    assertThat(account.ready(A)).isEqualTo(64);
    assertThat(take(A, 0)).isEqualTo(64);
  }

  @Test
  void callingInTakesWhatIsReadyAndForgetsWhatIsOut() {
    ready(B, 256);
    out(A, 64);
    assertThat(account.callIn(A)).isNegative();
    assertThat(account.takeBack(64, 0)).isFalse();
    assertThat(account.callIn(B)).isEqualTo(256);
    assertThat(account.callIn(B)).isNegative();
    out(A, 64);
    assertThat(account.takeBack(64, 0)).isTrue();
    assertThat(account.callIn(A)).isEqualTo(64);
    assertThat(take(A, 0)).isNegative();
    assertThat(account.isOpen(A)).isTrue();
    assertThat(account.readyBytes()).isZero();
  }

  @Test
  void aClassIsOpenedAfterSomeFrees() {
    account.close(A, 1);
    assertThat(account.isOpen(A)).isFalse();
    assertThat(account.opensAfter(A)).isFalse();
    assertThat(account.opensAfter(A)).isTrue();
    account.open(A);
    assertThat(account.opensAfter(A)).isFalse();
    assertThat(account.isWarm()).isTrue();
    assertThat(new Account(ledger, 1).isWarm()).isFalse();
  }
}
