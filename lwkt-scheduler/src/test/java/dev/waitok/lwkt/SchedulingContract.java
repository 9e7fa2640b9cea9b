package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.ReferenceCpu.Actor;
import dev.waitok.lwkt.sched.Tcb;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Random programs of threads and interrupts on one cpu: after every operation the thread that runs
 * must be the one that {@link ReferenceCpu} says. Each property draws from the operations that
 * matter to it.
 */
abstract class SchedulingContract {
  private static final int[] HELPERS = {4, 8, 8, 8, 12, 30};
  private static final int[] INTERRUPTS = {6, 20, 28, 28, 29};
  private static final int FASTS = 2;
  private static final int MAIN = 5;

  abstract Dispatch dispatch();

  enum Kind {
    SCHEDULE,
    RAISE,
    FAST,
    POLL,
    YIELD,
    SWITCH,
    ENTER,
    LEAVE,
    STOP
  }

  /** An operation and its number. */
  record Operation(Kind kind, int number) {}

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static Arbitrary<List<Operation>> of(Tuple.Tuple2<Integer, Kind>... weights) {
    return Arbitraries.frequency(weights)
        .flatMap(kind -> Arbitraries.integers().between(0, 29).map(n -> new Operation(kind, n)))
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<List<Operation>> everything() {
    return of(
        Tuple.of(4, Kind.SCHEDULE),
        Tuple.of(5, Kind.RAISE),
        Tuple.of(1, Kind.FAST),
        Tuple.of(2, Kind.POLL),
        Tuple.of(2, Kind.YIELD),
        Tuple.of(3, Kind.SWITCH),
        Tuple.of(2, Kind.ENTER),
        Tuple.of(2, Kind.LEAVE),
        Tuple.of(1, Kind.STOP));
  }

  @Provide
  Arbitrary<List<Operation>> preemptions() {
    return of(
        Tuple.of(3, Kind.SCHEDULE),
        Tuple.of(5, Kind.RAISE),
        Tuple.of(4, Kind.SWITCH),
        Tuple.of(1, Kind.POLL),
        Tuple.of(1, Kind.STOP));
  }

  @Provide
  Arbitrary<List<Operation>> nestedInterrupts() {
    return of(Tuple.of(8, Kind.RAISE), Tuple.of(1, Kind.FAST), Tuple.of(1, Kind.STOP));
  }

  @Provide
  Arbitrary<List<Operation>> criticalSections() {
    return of(
        Tuple.of(3, Kind.RAISE),
        Tuple.of(1, Kind.FAST),
        Tuple.of(2, Kind.SCHEDULE),
        Tuple.of(4, Kind.ENTER),
        Tuple.of(4, Kind.LEAVE),
        Tuple.of(1, Kind.POLL),
        Tuple.of(1, Kind.SWITCH));
  }

  @Provide
  Arbitrary<List<Operation>> ordinarySwitches() {
    return of(
        Tuple.of(5, Kind.SCHEDULE),
        Tuple.of(4, Kind.YIELD),
        Tuple.of(2, Kind.POLL),
        Tuple.of(2, Kind.SWITCH),
        Tuple.of(1, Kind.STOP));
  }

  @Property(tries = 1000)
  void theCpuDoesWhatTheReferenceSays(@ForAll("everything") List<Operation> program)
      throws Exception {
    run(program);
  }

  /** Also: a thread that switched away preempts nobody until it is raised anew. */
  @Property(tries = 1000)
  void thePreemptedThreadAlwaysRunsFirst(@ForAll("preemptions") List<Operation> program)
      throws Exception {
    run(program);
  }

  @Property(tries = 1000)
  void preemptionsUnwindLastInFirstOut(@ForAll("nestedInterrupts") List<Operation> program)
      throws Exception {
    run(program);
  }

  @Property(tries = 1000)
  void criticalSectionsDefer(@ForAll("criticalSections") List<Operation> program) throws Exception {
    run(program);
  }

  @Property(tries = 1000)
  void equalsTakeTurnsInOrder(@ForAll("ordinarySwitches") List<Operation> program)
      throws Exception {
    run(program);
  }

  private void run(List<Operation> program) throws Exception {
    try (LwktFixture fixture = new LwktFixture(dispatch(), 1)) {
      new Run(fixture, program).run();
      assertThat(fixture.events).isEmpty();
    }
  }

  /** One program on one cpu. Everything but {@code failure} is touched on the cpu only. */
  private static final class Run {
    private final LwktFixture fixture;
    private final Deque<Operation> program;
    private final Actor main = new Actor("main", MAIN, false);
    private final ReferenceCpu model = new ReferenceCpu(main);
    private final List<Actor> helpers = new ArrayList<>();
    private final List<Running> helperThreads = new ArrayList<>();
    private final List<Actor> interruptActors = new ArrayList<>();
    private final List<Interrupt> interrupts = new ArrayList<>();
    private final List<Interrupt> fasts = new ArrayList<>();
    private int fastRuns;
    private volatile @Nullable Throwable failure;
    private volatile boolean over;

    Run(LwktFixture fixture, List<Operation> program) {
      this.fixture = fixture;
      this.program = new ArrayDeque<>(program);
      for (int n = 0; n < HELPERS.length; n++) {
        Actor actor = new Actor("helper" + n, HELPERS[n], false);
        helpers.add(actor);
        helperThreads.add(
            fixture.blocked(actor.name, Priority.of(actor.priority), 0, () -> help(actor)));
      }
      for (int n = 0; n < INTERRUPTS.length; n++) {
        Actor actor = new Actor("interrupt" + n, INTERRUPTS[n], true);
        interruptActors.add(actor);
        interrupts.add(
            fixture.cpu(0).interrupt(actor.name, Priority.of(actor.priority), () -> serve(actor)));
      }
      for (int n = 0; n < FASTS; n++) {
        fasts.add(fixture.cpu(0).fastInterrupt("fast" + n, Priority.INT_HIGH, () -> fastRuns++));
      }
    }

    void run() throws Exception {
      fixture
          .start(
              "main",
              Priority.of(MAIN),
              0,
              () -> {
                here(main);
                while (goOn() && !program.isEmpty()) {
                  act(main);
                }
                leaveSections(main);
                while (goOn() && model.othersReady()) {
                  model.switchAway();
                  Lwkt.switchAway();
                  here(main);
                }
                over = true;
              })
          .await();
      for (Running helper : helperThreads) {
        helper.thread().schedule();
        helper.await();
      }
      Throwable thrown = failure;
      if (thrown != null) {
        throw new AssertionError(thrown.getMessage(), thrown);
      }
      assertThat(program).isEmpty();
    }

    private boolean goOn() {
      return failure == null && !over;
    }

    private void help(Actor self) {
      while (goOn()) {
        here(self);
        activate(self);
        if (!goOn()) {
          return;
        }
        model.block();
        LwktThread thread = Lwkt.current();
        assertThat(thread).isNotNull();
        thread.deschedule();
        Lwkt.switchAway();
      }
    }

    private void serve(Actor self) {
      if (goOn()) {
        here(self);
        model.beginRun();
        activate(self);
        if (goOn()) {
          model.endRun();
        }
      }
    }

    /** Takes operations from the program until one says stop. */
    private void activate(Actor self) {
      while (goOn() && !program.isEmpty() && program.getFirst().kind() != Kind.STOP) {
        act(self);
      }
      if (!program.isEmpty()) {
        program.removeFirst();
      }
      leaveSections(self);
    }

    private void leaveSections(Actor self) {
      while (goOn() && self.critical > 0) {
        model.leaveCritical();
        Lwkt.leaveCritical();
        here(self);
      }
      while (self.critical > 0) {
        self.critical--;
        Lwkt.leaveCritical();
      }
    }

    private void act(Actor self) {
      Operation operation = program.removeFirst();
      int number = operation.number();
      switch (operation.kind()) {
        case SCHEDULE -> {
          int which = number % helpers.size();
          model.schedule(helpers.get(which));
          helperThreads.get(which).thread().schedule();
        }
        case RAISE -> {
          int which = number % interrupts.size();
          model.raise(interruptActors.get(which));
          interrupts.get(which).raise();
        }
        case FAST -> {
          model.raiseFast(number % FASTS);
          fasts.get(number % FASTS).raise();
        }
        case POLL -> {
          model.poll();
          Lwkt.poll();
        }
        case YIELD -> {
          model.yield();
          Lwkt.yield();
        }
        case SWITCH -> {
          model.switchAway();
          Lwkt.switchAway();
        }
        case ENTER -> {
          model.enterCritical();
          Lwkt.enterCritical();
        }
        case LEAVE -> {
          if (self.critical > 0) {
            model.leaveCritical();
            Lwkt.leaveCritical();
          }
        }
        case STOP -> {}
      }
      here(self);
    }

    /** The thread that calls runs its own code: it must be the one whose turn it is. */
    private void here(Actor self) {
      if (!goOn()) {
        return;
      }
      try {
        assertThat(self).as("who runs").isSameAs(model.current());
        Tcb thread = Lwkt.self("test");
        List<String> chain = new ArrayList<>();
        for (Tcb victim = thread.victim(); victim != null; victim = victim.victim()) {
          chain.add(victim.name());
        }
        assertThat(chain)
            .as("victims of %s", self)
            .isEqualTo(model.chain().stream().map(actor -> actor.name).toList());
        assertThat(fastRuns).as("runs of FAST interrupts").isEqualTo(model.fastRuns());
        // Inline, so that looking changes nothing: a section of our own would be a preemption
        // point.
        thread.cpu().checkInvariants();
      } catch (Throwable e) {
        failure = e;
      }
    }
  }
}
