package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.Tenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How stripes and cpus are made to give: at once, or by a message to each cpu. */
class OwnersTest {
  private static final int PAGES = 2048;
  private static final int STRIPES = 2;
  private static final int CPUS = 3;
  private static final int CLASS = SizeClasses.of(1024);
  private static final int BLOCKS_A_PAGE = 4;

  /** Handles a cpu's messages only when the test says so. */
  private static final class Mail extends FakeScheduler {
    private final List<Integer> addressees = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();

    Mail() {
      super(CPUS);
    }

    @Override
    public boolean send(int cpu, Runnable task) {
      addressees.add(cpu);
      tasks.add(task);
      return true;
    }

    List<Integer> sentTo() {
      List<Integer> sent = List.copyOf(addressees);
      addressees.clear();
      return sent;
    }

    void handleAll() {
      List<Runnable> all = List.copyOf(tasks);
      tasks.clear();
      addressees.clear();
      all.forEach(Runnable::run);
    }
  }

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(0, 0, 0, 0));
  private final Owners owners = new Owners(queues, 12, STRIPES, 0);
  private final ZoneOwner stripe = Objects.requireNonNull(owners.nextStripe(null));
  private final ZoneOwner secondStripe = Objects.requireNonNull(owners.nextStripe(stripe));
  private final Mail mail = new Mail();
  private final TypeLedger ledger =
      new TypeLedger(owners, "t", 3, new Budget(null, Long.MAX_VALUE), STRIPES + CPUS);

  @BeforeEach
  void attach() {
    owners.register(ledger);
    owners.attach(mail, CPUS);
    ledger.reinstate(owners.firstCpuSlot());
  }

  @AfterEach
  void holdsItsInvariants() {
    mail.handleAll();
    owners.checkInvariants();
    queues.checkInvariants();
  }

  private ZoneOwner cpu(int cpu) {
    return owners.of(Objects.requireNonNull(mail.on(cpu).caller()));
  }

  private int free() {
    return queues.counts()[0];
  }

  private Account onShortPath(int slot, TypeLedger of) {
    ZoneOwner owner = slot == 0 ? stripe : slot == 1 ? secondStripe : cpu(slot - STRIPES);
    return owner.account(of, of.id());
  }

  /** A zone of which the first block is in use. */
  private Zone zone(ZoneOwner owner, int pages) {
    Zone zone = owners.newZone(CLASS, queues.takeAnyFree(pages), pages, 12);
    assertThat(ledger.charge(owner.slot, zone.blockSize)).isTrue();
    assertThat(owner.adopt(zone, ledger)).isEqualTo(zone.offsetOf(0));
    return zone;
  }

  private void put(Zone zone) {
    assertThat(zone.owner.free(zone, 0, zone.offsetOf(0), ledger))
        .isIn(ZoneOwner.FREED, ZoneOwner.FREED_COLD);
  }

  private Zone idleZone(ZoneOwner owner, int pages) {
    Zone zone = zone(owner, pages);
    put(zone);
    return zone;
  }

  private void freeElsewhere(Zone zone) {
    assertThat(zone.putRemote(0)).isTrue();
    ledger.creditPlain(zone.blockSize);
    if (zone.signal()) {
      zone.owner.tell(zone);
    }
  }

  @Test
  void cpusHaveTheSlotsBehindTheStripes() {
    assertThat(owners.firstCpuSlot()).isEqualTo(STRIPES);
    assertThat(owners.slots()).isEqualTo(STRIPES + CPUS);
    assertThat(List.of(cpu(0).slot, cpu(1).slot, cpu(2).slot)).containsExactly(2, 3, 4);
    assertThat(cpu(2).isStripe()).isFalse();
    assertThat(owners.nextStripe(secondStripe)).isNull();
    mail.on(1);
    assertThat(owners.isOf(cpu(1), Objects.requireNonNull(mail.caller()))).isTrue();
    assertThat(owners.isOf(cpu(0), Objects.requireNonNull(mail.on(1).caller()))).isFalse();
  }

  @Test
  void theIdleShareIsDividedAnewWhenCpusComeAndGo() {
    assertThat(owners.idleShare()).isEqualTo(PAGES / 8 / (STRIPES + CPUS));
    assertThat(owners.slack()).isEqualTo(PAGES / 8 / (STRIPES + CPUS) / 4);
    owners.detach();
    assertThat(owners.idleShare()).isEqualTo(PAGES / 8 / STRIPES);
    assertThat(owners.slack()).as("128 KiB").isEqualTo(32);
    owners.attach(mail, 1);
    assertThat(owners.slots()).as("as many as there ever were").isEqualTo(STRIPES + CPUS);
    owners.attach(mail, CPUS + 2);
    assertThat(owners.slots()).isEqualTo(STRIPES + CPUS + 2);
  }

  @Test
  void whatStripesKeptIsGivenBackWhenTheShareChanges() {
    Zone zone = idleZone(stripe, 1);
    owners.detach();
    assertThat(owners.zoneOf(zone.firstPage)).isNull();
    assertThat(free()).isEqualTo(PAGES);
  }

  @Test
  void aCallInTakesTheStripesAtOnceAndSendsToEveryCpu() {
    idleZone(stripe, 1);
    idleZone(secondStripe, 2);
    idleZone(cpu(1), 4);
    assertThat(owners.idlePages()).isEqualTo(7);
    owners.callIn();
    assertThat(mail.sentTo()).containsExactly(0, 1, 2);
    assertThat(free()).isEqualTo(PAGES - 4);
    mail.handleAll();
    assertThat(free()).isEqualTo(PAGES);
    assertThat(owners.idlePages()).isZero();
  }

  @Test
  void aCallInOfWhatIsIdleDisturbsNobodyElse() {
    idleZone(stripe, 1);
    idleZone(cpu(2), 4);
    Zone told = zone(cpu(0), 1);
    zone(cpu(1), 1);
    freeElsewhere(told);
    owners.callInIdle();
    assertThat(mail.sentTo()).containsExactly(0, 2);
    assertThat(free()).isEqualTo(PAGES - 6);
    mail.handleAll();
    assertThat(free()).isEqualTo(PAGES - 1);
  }

  @Test
  void aCallInSaysWhetherPagesCameOfIt() {
    zone(stripe, 1);
    assertThat(owners.callInStripes()).isFalse();
    idleZone(secondStripe, 1);
    assertThat(owners.callInStripes()).isTrue();
    int run = queues.takeAnyFree(3);
    assertThat(stripe.keepRun(run, 3)).isNull();
    assertThat(owners.callInStripes()).isTrue();
  }

  @Test
  void zonesOfAWindowAreWithdrawnAndPutBack() {
    Zone before = zone(stripe, 2);
    Zone first = zone(stripe, 2);
    Zone ofOther = zone(secondStripe, 1);
    Zone ofCpu = zone(cpu(1), 1);
    Zone idle = idleZone(stripe, 1);
    Zone behind = zone(stripe, 1);
    owners.withdraw(first.firstPage, behind.firstPage - first.firstPage);
    assertThat(List.of(before.apart, behind.apart)).containsOnly(Zone.FOR_ANYBODY);
    assertThat(List.of(first.apart, ofOther.apart)).containsOnly(Zone.FOR_WINDOW);
    assertThat(owners.zoneOf(idle.firstPage)).as("idle: called in").isNull();
    assertThat(ofCpu.apart).as("the cpu has not looked").isEqualTo(Zone.FOR_ANYBODY);
    assertThat(mail.sentTo()).contains(1).doesNotContain(0, 2);
    mail.handleAll();
    assertThat(ofCpu.apart).isEqualTo(Zone.FOR_WINDOW);
    assertThat(cpu(1).take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);
    assertThat(secondStripe.take(ledger, CLASS)).isEqualTo(ZoneOwner.NONE);

    owners.restore();
    assertThat(List.of(first.apart, ofOther.apart)).containsOnly(Zone.FOR_ANYBODY);
    assertThat(mail.sentTo()).containsExactly(0, 1, 2);
    assertThat(ofCpu.apart).isEqualTo(Zone.FOR_WINDOW);
    mail.handleAll();
    assertThat(ofCpu.apart).isEqualTo(Zone.FOR_ANYBODY);
    assertThat(cpu(1).take(ledger, CLASS)).isEqualTo(ofCpu.offsetOf(1));
    assertThat(secondStripe.take(ledger, CLASS)).isEqualTo(ofOther.offsetOf(1));
  }

  @Test
  void aZoneThatReachesIntoAWindowIsWithdrawnOnce() {
    Zone zone = zone(cpu(0), 3);
    owners.withdraw(zone.firstPage + 2, 1);
    assertThat(mail.sentTo()).containsExactly(0);
    mail.handleAll();
    owners.withdraw(zone.firstPage, 1);
    assertThat(mail.sentTo()).as("it is already").isEmpty();
  }

  @Test
  void aSectionWithdrawsNoMoreThan64Zones() {
    List<Zone> zones = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      zones.add(zone(cpu(0), 1));
    }
    int from = zones.getFirst().firstPage;
    owners.withdraw(from, 64);
    assertThat(mail.sentTo()).hasSize(1);
    mail.handleAll();
    assertThat(zones.subList(0, 64)).allMatch(z -> z.apart == Zone.FOR_WINDOW);
    assertThat(zones.subList(64, 130)).allMatch(z -> z.apart == Zone.FOR_ANYBODY);
    owners.restore();
    mail.handleAll();
    owners.withdraw(from, 130);
    assertThat(mail.sentTo()).containsExactly(0, 0, 0);
    mail.handleAll();
    assertThat(zones).allMatch(z -> z.apart == Zone.FOR_WINDOW);
  }

  @Test
  void saysHowLivelyAPageIs() {
    Zone zone = zone(stripe, 2);
    assertThat(owners.livePerPage(zone.firstPage)).isEqualTo(8);
    assertThat(stripe.take(ledger, CLASS)).isNotNegative();
    assertThat(stripe.take(ledger, CLASS)).isNotNegative();
    assertThat(owners.livePerPage(zone.firstPage + 1)).as("3 of 2 pages").isEqualTo(24);
    assertThat(owners.livePerPage(zone.firstPage + 2)).isEqualTo(Tenants.NO_BLOCKS);
  }

  @Test
  void aNewLimitTakesBackWhatWasDrawnUnderTheOldOne() {
    TypeLedger limited =
        new TypeLedger(owners, "limited", 4, new Budget(null, 64 << 20), owners.slots());
    owners.register(limited);
    int[] slots = {stripe.slot, secondStripe.slot, cpu(0).slot, cpu(2).slot};
    for (int slot : slots) {
      assertThat(limited.charge(slot, 1000)).isTrue();
      assertThat(limited.account(slot).credit).isPositive();
    }
    owners.limit(limited.budget(), 8000);
    assertThat(limited.budget().limit()).isEqualTo(8000);
    assertThat(limited.account(stripe.slot).credit).isZero();
    assertThat(limited.account(secondStripe.slot).credit).isZero();
    assertThat(mail.sentTo()).containsExactly(0, 1, 2);
    assertThat(limited.charge(stripe.slot, 4000)).as("cpus have it still").isFalse();
    mail.handleAll();
    assertThat(limited.account(cpu(0).slot).credit).isZero();
    assertThat(limited.account(cpu(2).slot).credit).isZero();
    assertThat(limited.charge(stripe.slot, 4000)).isTrue();
    assertThat(limited.charge(stripe.slot, 1)).isFalse();
  }

  @Test
  void anOwnerIsNudgedAboutWhatWasFreedElsewhere() {
    Zone ofStripe = zone(stripe, 1);
    Zone ofCpu = zone(cpu(1), 1);
    freeElsewhere(ofStripe);
    freeElsewhere(ofCpu);
    owners.nudge(stripe);
    assertThat(ofStripe.freeCount).isEqualTo(BLOCKS_A_PAGE);
    assertThat(mail.sentTo()).isEmpty();
    owners.nudge(cpu(1));
    assertThat(mail.sentTo()).containsExactly(1);
    assertThat(ofCpu.freeCount).isEqualTo(BLOCKS_A_PAGE - 1);
    mail.handleAll();
    assertThat(owners.zoneOf(ofCpu.firstPage)).as("drained, idle too").isNull();
  }

  @Test
  void aCpuThatIsGoneIsNotNudgedAndItsHeirTakesWhatItWasTold() {
    ZoneOwner gone = cpu(1);
    Zone zone = zone(gone, 1);
    Zone ofThird = zone(cpu(2), 1);
    owners.detach();
    assertThat(zone.owner).as("1 % 2").isSameAs(secondStripe);
    assertThat(ofThird.owner).as("2 % 2").isSameAs(stripe);
    owners.nudge(gone);
    owners.callIn();
    owners.callInIdle();
    owners.restore();
    owners.withdraw(0, PAGES);
    assertThat(mail.sentTo()).isEmpty();
    assertThat(zone.putRemote(0)).isTrue();
    ledger.creditPlain(zone.blockSize);
    assertThat(zone.signal()).isTrue();
    gone.tell(zone); // by one who read the owner before
    assertThat(zone.freeCount).isEqualTo(BLOCKS_A_PAGE - 1);
    owners.afterTell(gone);
    assertThat(zone.freeCount).isEqualTo(BLOCKS_A_PAGE);
  }

  @Test
  void whatACpuWasToldBeforeItWentIsDrained() {
    Zone zone = zone(cpu(0), 1);
    freeElsewhere(zone);
    owners.detach();
    assertThat(owners.zoneOf(zone.firstPage)).as("empty, and given back").isNull();
    assertThat(free()).isEqualTo(PAGES);
  }

  @Test
  void aBusyStripeIsPassedOver() {
    assertThat(stripe.tryEnter()).isTrue();
    ZoneOwner locked = owners.lockStripe();
    assertThat(locked).isSameAs(secondStripe);
    locked.leave();
    stripe.leave();
    assertThat(secondStripe.tryEnter()).isTrue();
    locked = owners.lockStripe();
    assertThat(locked).isSameAs(stripe);
    locked.leave();
    secondStripe.leave();
  }

  @Test
  void shortPathsAreClosedForTypesOfNowAndLater() {
    for (int slot = 0; slot < STRIPES + CPUS; slot++) {
      assertThat(onShortPath(slot, ledger)).isSameAs(ledger.account(slot));
    }
    owners.closeShortPaths();
    for (int slot = 0; slot < STRIPES + CPUS; slot++) {
      assertThat(onShortPath(slot, ledger)).isNull();
    }
    TypeLedger later =
        new TypeLedger(owners, "later", 9, new Budget(null, Long.MAX_VALUE), owners.slots());
    owners.register(later);
    assertThat(onShortPath(0, later)).isNull();
    assertThat(owners.ledger(9)).isSameAs(later);
    assertThat(owners.ledger(3)).isSameAs(ledger);
  }

  @Test
  void aCpuThatIsGoneFindsNoAccountAndANewOneDoes() {
    ZoneOwner gone = cpu(1);
    owners.detach();
    assertThat(gone.account(ledger, ledger.id())).isNull();
    assertThat(onShortPath(0, ledger)).isSameAs(ledger.account(0));
    owners.attach(mail, CPUS);
    assertThat(onShortPath(STRIPES + 1, ledger)).isNull();
    ledger.reinstate(owners.firstCpuSlot());
    assertThat(onShortPath(STRIPES + 1, ledger)).isSameAs(ledger.account(STRIPES + 1));
    assertThat(gone.account(ledger, ledger.id())).isNull();
  }

  @Test
  void aTypeIsFoundWhateverTheOrderOfNumbers() {
    TypeLedger earlier =
        new TypeLedger(owners, "earlier", 1, new Budget(null, Long.MAX_VALUE), owners.slots());
    owners.register(earlier);
    assertThat(onShortPath(0, earlier)).isSameAs(earlier.account(0));
    assertThat(onShortPath(0, ledger)).isSameAs(ledger.account(0));
    assertThat(owners.ledger(1)).isSameAs(earlier);
    assertThat(owners.ledger(3)).isSameAs(ledger);
  }

  @Test
  void whereNoZoneIsThereIsNoneAround() {
    Zone zone = zone(stripe, 1);
    assertThat(owners.zoneAround(zone.offsetOf(2))).isSameAs(zone);
    long outside = (zone.firstPage + 1L) << 12;
    assertThatThrownBy(() -> owners.zoneAround(outside)).hasMessage("no zone at offset " + outside);
  }

  @Test
  void aTypeWarmsUpAfterSoManyFreesAndOnce() {
    Owners patient = new Owners(queues, 12, 1, 2);
    TypeLedger type = new TypeLedger(patient, "p", 0, new Budget(null, Long.MAX_VALUE), 1);
    Account account = type.account(0);
    account.frees = 1;
    assertThat(patient.warmsUp(account)).isFalse();
    account.frees = 2;
    assertThat(patient.warmsUp(account)).isTrue();
    assertThat(patient.readyAfter()).isEqualTo(2);
    account.warmUp(Account.newReady(2));
    assertThat(patient.warmsUp(account)).isFalse();
  }
}
