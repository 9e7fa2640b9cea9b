package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.AttemptObserver.Outcome.CACHE;
import static dev.waitok.kmalloc.AttemptObserver.Outcome.FREE;
import static dev.waitok.kmalloc.AttemptObserver.Outcome.NULL;
import static dev.waitok.kmalloc.AttemptObserver.Outcome.SWITCH;
import static dev.waitok.kmalloc.AttemptObserver.Outcome.WAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.AttemptObserver.Outcome;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import dev.waitok.kmalloc.testfixtures.FakeScheduler.WouldSleep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decision table, cell by cell, with one fake cpu and pageout held still. */
class DecisionTableTest {
  private static final int PAGE = 32 << 10;
  private static final int PAGES = 64;
  private static final Thresholds MARKS = new Thresholds(3, 6, 8, 12);

  private final FakeScheduler scheduler = new FakeScheduler(1);
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Integer> taken = new ArrayList<>();
  private Kmalloc kmalloc;
  private TestHooks hooks;
  private VmObject object;
  private MallocType type;

  private void open(PageClassPolicy policy) {
    kmalloc =
        Kmalloc.builder()
            .arena((long) PAGES * PAGE)
            .pageSize(PAGE)
            .thresholds(MARKS)
            .pageClassPolicy(policy)
            .build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    kmalloc.schedulerPort().attach(scheduler, 1);
    type = kmalloc.type("t");
    object = kmalloc.object(10L * PAGE, (offset, into) -> into.fill((byte) 1));
  }

  @AfterEach
  void close() {
    if (kmalloc != null) {
      scheduler.on(-1);
      hooks.checkInvariants();
      kmalloc.close();
    }
  }

  /** F at both ends of each band, and CACHE empty or not. */
  private void setState(int free, boolean cached) throws IOException {
    scheduler.on(-1);
    if (cached) {
      for (int i = 0; i < object.pages(); i++) {
        object.page(i).close();
      }
      object.cachePages();
    }
    while (kmalloc.pages().free() > free) {
      taken.add(hooks.takeFree());
    }
    assertThat(kmalloc.pages().free()).isEqualTo(free);
    scheduler.on(0);
    hooks.observe((name, preempting, outcome) -> outcomes.add(outcome));
  }

  private record Row(int flags, int floor) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(M_WAITOK, MARKS.reserved()),
          new Row(M_WAITOK | M_USE_RESERVE, MARKS.interrupt()),
          new Row(M_INTWAIT, 0),
          new Row(M_NOWAIT, MARKS.interrupt()),
          new Row(M_INTNOWAIT, 0));

  record Cell(String flags, int bits, int floor, boolean preempting, int free, boolean cached) {}

  static Stream<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Row row : ROWS) {
      for (boolean preempting : new boolean[] {false, true}) {
        for (int free : new int[] {0, 1, 3, 4, 6, 7, 20}) {
          for (boolean cached : new boolean[] {false, true}) {
            cells.add(
                new Cell(
                    MallocFlags.toString(row.flags()),
                    row.flags(),
                    row.floor(),
                    preempting,
                    free,
                    cached));
          }
        }
      }
    }
    return cells.stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void decidesAnewAtEveryAttempt(Cell cell) throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    check(cell, true);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void decidedOnceDiffersOnlyAfterASwitch(Cell cell) throws IOException {
    open(PageClassPolicy.ONCE);
    check(cell, false);
  }

  private void check(Cell cell, boolean decidesAnew) throws IOException {
    setState(cell.free(), cell.cached());
    scheduler.preempting(cell.preempting());
    boolean waits = (cell.bits() & M_WAITOK) != 0;
    int floor = cell.preempting() ? 0 : cell.floor();
    List<Outcome> expected;
    if (cell.free() - 1 >= floor) {
      expected = List.of(FREE);
    } else if (!waits) {
      expected = List.of(NULL);
    } else if (!cell.preempting()) {
      expected = cell.cached() ? List.of(CACHE) : List.of(WAIT);
    } else {
      expected = List.of(SWITCH, cell.cached() && decidesAnew ? CACHE : WAIT);
    }
    PageCounts before = kmalloc.pages();
    boolean slept = false;
    try {
      if (waits) {
        type.kmalloc(PAGE, cell.bits());
      } else {
        type.tryKmalloc(PAGE, cell.bits());
      }
    } catch (WouldSleep e) {
      slept = true;
    }
    assertThat(outcomes).isEqualTo(expected);
    assertThat(slept).isEqualTo(expected.contains(WAIT));
    Outcome last = expected.get(expected.size() - 1);
    assertThat(before.free() - kmalloc.pages().free()).isEqualTo(last == FREE ? 1 : 0);
    assertThat(before.cache() - kmalloc.pages().cache()).isEqualTo(last == CACHE ? 1 : 0);
    assertThat(type.statistics().bytes()).isEqualTo(last == FREE || last == CACHE ? PAGE : 0);
    assertThat(type.statistics().waits()).isEqualTo(slept ? 1 : 0);
    assertThat(type.statistics().switchAways()).isEqualTo(expected.contains(SWITCH) ? 1 : 0);
    assertThat(kmalloc.pageStatistics().waiting()).isZero();
  }

  @Test
  void whoSwitchedAwayKeepsFloorZeroAndGainsCache() throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    setState(0, false);
    scheduler.preempting(true);
    // While it is away one page comes back: far below R, but its own from then on.
    scheduler.onSwitch(() -> hooks.giveFree(taken.removeLast()));
    type.kmalloc(PAGE, M_WAITOK);
    assertThat(outcomes).containsExactly(SWITCH, FREE);
    assertThat(kmalloc.pages().free()).isZero();
  }

  @Test
  void aPinnedPreemptorTriesInPlaceUnderTheSameRules() throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    setState(0, true);
    scheduler.preempting(true);
    scheduler.pin(true);
    int[] tries = {0};
    hooks.observe(
        (name, preempting, outcome) -> {
          outcomes.add(outcome);
          assertThat(preempting).isTrue();
        });
    Thread giver =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (type.statistics().switchAways() == 0) {
                    Thread.onSpinWait();
                  }
                  hooks.giveFree(taken.getFirst());
                });
    type.kmalloc(PAGE, M_WAITOK);
    assertThat(outcomes).containsExactly(SWITCH, FREE);
    assertThat(kmalloc.pages().cache()).isEqualTo(10);
    assertThat(giver.isDaemon()).isFalse();
    assertThat(tries[0]).isZero();
  }

  @Test
  void whoMayNotBlockIsRefusedEvenWhenThereIsPlenty() throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    setState(40, false);
    scheduler.forbidBlocking("a spin lock is held");
    for (long size : new long[] {0, 16, PAGE}) {
      assertThatThrownBy(() -> type.kmalloc(size))
          .isInstanceOf(CannotBlockException.class)
          .hasMessageContaining("a spin lock is held");
      assertThat(type.tryKmalloc(size)).isNotNull();
    }
    long block = type.tryKmallocAddress(100);
    assertThatThrownBy(() -> type.kreallocAddress(block, 101, M_WAITOK))
        .isInstanceOf(CannotBlockException.class);
    type.kfree(block);
    assertThatThrownBy(() -> object.page(0)).isInstanceOf(CannotBlockException.class);
    scheduler.forbidBlocking(null);
  }

  @Test
  void anObjectCallWhilePreemptingSwitchesAwayFirst() throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    setState(40, true);
    scheduler.preempting(true);
    boolean[] away = {false};
    scheduler.onSwitch(() -> away[0] = true);
    object.page(0).close();
    assertThat(away[0]).isTrue();
    assertThat(scheduler.isPreempting()).isFalse();
  }

  @Test
  void aWaitEndsOnABlockOfItsClassAndItsPagesStayWhereTheyAre() throws IOException {
    open(PageClassPolicy.EACH_ATTEMPT);
    scheduler.on(0);
    int blocks = PAGE / 1024;
    List<Long> full = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      full.add(type.kmallocAddress(1024));
    }
    setState(0, false);
    scheduler.onSleep(() -> type.kfree(full.removeLast()));
    long block = type.kmallocAddress(1024, M_WAITOK);
    assertThat(outcomes).containsExactly(WAIT, Outcome.BLOCK);
    assertThat(kmalloc.pages().free()).isZero();
    type.kfree(block);
  }

  @Test
  void aSmallRunServesAZoneWhenItsPreferredRunIsNotThere() throws IOException {
    kmalloc = Kmalloc.builder().arena(64 * 4096).pageSize(4096).thresholds(MARKS).build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    type = kmalloc.type("t");
    List<Integer> all = new ArrayList<>();
    while (kmalloc.pages().free() > 0) {
      all.add(hooks.takeFree());
    }
    for (int i = 0; i < all.size(); i += 2) {
      hooks.giveFree(all.get(i));
    }
    assertThat(type.tryKmalloc(2304)).isNotNull();
  }
}
