package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many pages ready blocks may keep, when types share zones and when there are more zones. */
class ReadyBlocksAccountingTest {
  private static final int CLASS = SizeClasses.of(256);

  private final Owners owners = new Owners(new PageQueues(64, 0, new Levels(0, 0, 0, 0)), 12, 1, 0);
  private final ZoneOwner owner = new ZoneOwner(owners, 0, 0, null);
  private final ReadyBlocks ready = new ReadyBlocks(0);
  private final Zone zone = new Zone(owner, CLASS, 0, 2, 12);
  private final Zone other = new Zone(owner, SizeClasses.of(512), 2, 3, 12);
  private int types;

  private Account open(Zone in, int most) {
    TypeLedger type =
        new TypeLedger(owners, "t" + types, types++, new Budget(null, Long.MAX_VALUE), 1);
    Account account = new Account(type, 1 << 20);
    account.warmUp(Account.newReady(0));
    ready.open(account, in, most);
    return account;
  }

  private static boolean isOpen(Account account, Zone in) {
    return account.isOpen(in.sizeClass);
  }

  @Test
  void typesThatShareZonesKeepNoMoreThanTheseHave() {
    ready.classHas(CLASS, 2);
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      accounts.add(open(zone, 2));
    }
    assertThat(accounts).allMatch(account -> isOpen(account, zone));
    assertThat(ready.pages()).isEqualTo(2);
    ready.classHas(other.sizeClass, 3);
    assertThat(isOpen(open(other, 4), other)).as("3 more are 5").isFalse();
    assertThat(isOpen(open(other, 5), other)).isTrue();
    assertThat(ready.pages()).isEqualTo(5);
  }

  @Test
  void eachKeepsAZoneOfItsOwnWhereThereAreAsMany() {
    ready.classHas(CLASS, 100);
    for (int i = 0; i < 3; i++) {
      open(zone, 7);
    }
    assertThat(ready.count()).isEqualTo(3);
    assertThat(ready.pages()).isEqualTo(6);
    assertThat(isOpen(open(zone, 7), zone)).isFalse();
  }

  @Test
  void moreZonesMeanThatMoreMayBeKeptAndFewerLess() {
    ready.classHas(CLASS, 2);
    for (int i = 0; i < 5; i++) {
      open(zone, 2);
    }
    ready.classHas(CLASS, 6);
    assertThat(ready.pages()).isEqualTo(8);
    ready.classHas(CLASS, 60);
    assertThat(ready.pages()).as("five zones of two").isEqualTo(10);
    ready.classHas(CLASS, -64);
    assertThat(ready.pages()).isEqualTo(4);
  }

  @Test
  void closedNothingIsKeptAndAllMayBeOpenedAgain() {
    ready.classHas(CLASS, 4);
    Account account = open(zone, 4);
    open(zone, 4);
    ready.closeAll();
    assertThat(ready.pages()).isZero();
    assertThat(ready.count()).isZero();
    assertThat(isOpen(account, zone)).isFalse();
    ready.open(account, zone, 4);
    assertThat(isOpen(account, zone)).isTrue();
    assertThat(ready.pages()).isEqualTo(2);
  }

  @Test
  void thereIsAnEnd() {
    ready.classHas(CLASS, 1);
    for (int i = 0; i < 3000; i++) {
      open(zone, 1);
    }
    assertThat(ready.count()).isEqualTo(2048);
  }
}
