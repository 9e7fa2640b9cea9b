package dev.waitok.lwkt.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one runs at a time, a clock that only moves when they stop, and a chooser.
 *
 * <p>Unless said otherwise a method is called by the thread that has the baton.
 */
public final class World {
  /*
   * 1 Problem. A race shows once in a million runs, on one machine. If every choice that the machine
   *   makes is made by us instead, it shows in the run that a number names, everywhere.
   *
   * 2 Vocabulary. An *actor* is a logical cpu or a plain thread. A *runner* is a Java thread; for a cpu
   *   different ones run in turn. The *baton* says who runs: everybody else is parked. A *point* is a
   *   place where the one who runs stops and the chooser says who goes on. A *step* is what happens
   *   between two points.
   *
   * 3 Life of a point. Count it; fire the alarms that are due; hold everything against the oracle; make
   *   the list of those who can run; if there is more than one, ask the chooser; pass the baton on.
   *   If nobody can run, the clock jumps to the next time that somebody waits for. If there is no such
   *   time, that is a deadlock; if only services wait for times, again and again, it is one as well.
   *   All of that looks only at actors that take part or have an alarm: those that come and go by the
   *   thousand cost nothing once they are gone.
   *
   * 4 Spinning. A thread that looks in vain for what others have to do says so. It is not chosen again
   *   before somebody else has taken a step; when all spin for long, the clock jumps.
   *
   * 5 Ownership and memory order. All fields belong to the one who has the baton, except those that
   *   are volatile. Passing it on is a volatile store and a load: what one did happens-before what
   *   the next does.
   *
   * 6 Invariants. W1 one runner has the baton. W2 equal choices give equal steps: whatever influences a
   *   step (order of lists, time, identity hashes) follows from the choices. The trace's hash tells.
   *
   * 7 What it does not see: two plain Java statements between two points are one step.
   */
  /** No time. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A step takes a microsecond. */
  private static final long TICK = 1_000;

  /** A look in vain takes so long: or a loop that awaits a second would take a million steps. */
  private static final long SPIN_TICK = 100_000;

  /** After so many looks in vain in a row, by all who can run, nothing changes but by time. */
  private static final int PATIENCE = 10;

  /** And after so many, where no time will change anything either, nothing ever will. */
  private static final int SPINS = 1_000;

  /** The clock does not begin at 0, so that nobody takes it for one that does. */
  private static final long BEGINNING = 1_000_000_000L;

  /** Unwinding takes microseconds; what blocks in Java code is interrupted after that. */
  private static final Duration UNWIND_TIME = Duration.ofMillis(500);

  private final Chooser chooser;
  private final Limits limits;
  private final Trace trace = new Trace();

  /** Those who take part or have an alarm set, in the order of their numbers. */
  private final List<Actor> live = new ArrayList<>();

  private int actorsMade;
  private final List<Runner> runners = new ArrayList<>();
  private final List<Runnable> always = new ArrayList<>();
  private final List<Runnable> atRest = new ArrayList<>();
  private final List<Supplier<String>> describers = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Actor> options = new ArrayList<>();
  private @Nullable Actor current;
  private volatile long now = BEGINNING;
  private volatile long steps;
  private long lastProgress;
  private long onlyServicesSince = NEVER;
  private int spunRounds;
  private boolean busy;
  private int numbers;
  private volatile @Nullable Outcome outcome;
  private volatile String report = "";

  /** A world that has not begun. */
  public World(Chooser chooser, Limits limits) {
    Runner.use();
    this.chooser = chooser;
    this.limits = limits;
  }

  /** The world whose thread calls, or null. Any thread. */
  public static @Nullable World current() {
    Runner runner = Runner.current();
    return runner == null ? null : runner.world();
  }

  /** Its time. Any thread. */
  public long now() {
    return now;
  }

  /** A time so many nanoseconds after another. */
  public static long after(long time, long nanos) {
    return nanos >= NEVER - time ? NEVER : time + nanos;
  }

  /** How many steps were taken. Any thread. */
  public long steps() {
    return steps;
  }

  /** What was done so far. */
  public Trace trace() {
    return trace;
  }

  /** 0, then 1, and so on: for names that are equal in equal runs. */
  public int nextNumber() {
    return numbers++;
  }

  /** All actors that take part, in the order of their numbers. */
  List<Actor> actors() {
    return live;
  }

  /** Makes an actor that takes part once it is opened. */
  public Actor newActor(String name, boolean service) {
    return new Actor(this, actorsMade++, name, service);
  }

  /** An actor may be chosen from now on, or has an alarm. */
  void enlist(Actor actor) {
    int place = placeOf(actor.id());
    if (place == live.size() || live.get(place).id() != actor.id()) {
      live.add(place, actor);
    }
  }

  /** Where the first one with this number, or a higher one, is among those who are live. */
  private int placeOf(int id) {
    int low = 0;
    int high = live.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (live.get(middle).id() < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Makes a thread; it waits for the baton when it is started. */
  public Runner newRunner(String name, Object subject, Runnable body) {
    Runner runner = new Runner(this, name, subject, body);
    runners.add(runner);
    return runner;
  }

  /** Makes and starts a plain thread: an actor of its own. */
  public Actor startPlain(String name, boolean service, Object subject, Runnable body) {
    Actor actor = newActor(name, service);
    Runner runner =
        newRunner(
            name,
            subject,
            () -> {
              body.run();
              progress();
              actor.close();
              passOn("its end");
            });
    runner.own = actor;
    actor.open(runner);
    runner.thread().start();
    return actor;
  }

  /** Has something checked after every step; it throws if it does not hold. */
  public void checkAlways(Runnable check) {
    always.add(check);
  }

  /** Has something checked whenever nobody can run until time passes. */
  public void checkAtRest(Runnable check) {
    atRest.add(check);
  }

  /** Has lines added to every report. */
  public void describe(Supplier<String> lines) {
    describers.add(lines);
  }

  /** Something was achieved: a live-lock is counted from here. */
  public void progress() {
    lastProgress = steps;
  }

  /** Runs code that keeps the calling thread where it runs. */
  public void pinned(Runnable code) {
    Runner runner = self();
    runner.pins++;
    try {
      code.run();
    } finally {
      runner.pins--;
    }
  }

  /** The clock jumps: those whose time that passes are awake. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only who has the baton writes
  public void jump(long nanos) {
    now += nanos;
  }

  /** A choice of the program's own. */
  public int branch(int count) {
    requireGoing();
    return count < 2 ? 0 : chooser.branch(count);
  }

  /**
   * A point: others may go first. Does nothing where the world itself calls (an alarm, a check).
   */
  public void point(String what) {
    if (!busy) {
      stop(what, false);
    }
  }

  /** A point of one who has looked in vain for what others do. */
  public void spin(String what) {
    if (!busy) {
      stop(what, true);
    }
  }

  private void stop(String what, boolean spinning) {
    Runner self = self();
    Actor actor = requireCurrent();
    Actor next = choose(what, spinning);
    if (next != actor || next.runner != self) {
      give(next);
      self.awaitBaton();
    }
  }

  /** The one who runs sleeps until its actor is woken, a condition holds, or a time comes. */
  public void sleep(long until, BooleanSupplier condition, String what) {
    requireGoing();
    Runner self = self();
    Actor actor = requireCurrent();
    actor.beginWait(until, condition, what);
    passOn(what);
    self.awaitBaton();
    actor.endWait();
  }

  /**
   * The calling runner stops being its actor's, for which the caller has made arrangements; returns
   * when it has the baton again.
   */
  public void handOver(String what) {
    Runner self = self();
    passOn(what);
    self.awaitBaton();
  }

  /** As {@link #handOver}, but the caller runs no more code of the world. */
  public void passOn(String what) {
    give(choose(what, false));
  }

  private void give(Actor next) {
    current = next;
    Runner runner = next.runner;
    if (runner == null) {
      throw new IllegalStateException(next + " has nobody to run");
    }
    runner.grant();
  }

  private Runner self() {
    Runner self = Runner.current();
    if (self == null) {
      throw new IllegalStateException("a thread that is not the simulation's calls it");
    }
    return self;
  }

  /** Whose step it is. */
  public Actor requireCurrent() {
    Actor actor = current;
    if (actor == null) {
      throw new IllegalStateException("the simulation has not begun");
    }
    return actor;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only who has the baton writes
  private Actor choose(String what, boolean spinning) {
    requireGoing();
    busy = true;
    try {
      Actor from = requireCurrent();
      steps++;
      now += spinning ? SPIN_TICK : TICK;
      if (spinning) {
        from.spun = true;
      } else {
        live.forEach(a -> a.spun = false);
        spunRounds = 0;
      }
      if (steps - lastProgress > limits.steps()) {
        throw end(
            Outcome.Kind.LIVELOCK, "no progress in " + (steps - lastProgress) + " steps", null);
      }
      live.removeIf(Actor::isGone);
      fireAlarms();
      check(always);
      collect(from);
      boolean currentFirst = options.getFirst() == from;
      Actor next =
          options.size() == 1
              ? options.getFirst()
              : options.get(chooser.actor(options, currentFirst));
      trace.add(steps, now, from.name(), what, next.name());
      if (!next.service()) {
        onlyServicesSince = NEVER;
      }
      return next;
    } finally {
      busy = false;
    }
  }

  private void fireAlarms() {
    for (int i = 0; i < live.size(); i++) {
      Actor actor = live.get(i);
      if (actor.alarm - now <= 0) {
        actor.fire();
        i = placeOf(actor.id()); // others may have come before it
      }
    }
  }

  private void check(List<Runnable> checks) {
    for (Runnable check : checks) {
      try {
        check.run();
      } catch (Throwable e) {
        throw end(Outcome.Kind.THREW, "a check failed: " + e.getMessage(), e);
      }
    }
  }

  /** Makes the list of those who can run; lets time pass until somebody can. */
  private void collect(Actor from) {
    for (; ; ) {
      options.clear();
      boolean anySpun = false;
      int size = live.size();
      int first = placeOf(from.id());
      for (int i = 0; i < size; i++) {
        // The one who runs first, then the others in turn.
        Actor actor = live.get((first + i) % size);
        if (actor.canRun(now)) {
          if (actor.spun) {
            anySpun = true;
          } else {
            options.add(actor);
          }
        }
      }
      if (!options.isEmpty()) {
        return;
      }
      letTimePass(anySpun);
      live.forEach(a -> a.spun = false);
      fireAlarms();
    }
  }

  private void letTimePass(boolean spinners) {
    if (!spinners) {
      restCheck();
    }
    long next = nextTime();
    if (spinners) {
      if (++spunRounds > SPINS && next == NEVER) {
        throw end(Outcome.Kind.LIVELOCK, "all who can run look in vain for something", null);
      }
      now = spunRounds > PATIENCE && next != NEVER ? Math.max(now, next) : now + SPIN_TICK;
      return;
    }
    if (next == NEVER) {
      throw end(Outcome.Kind.DEADLOCK, "nobody can run, and no time will change that", null);
    }
    if (!onlyServicesHaveTimes()) {
      onlyServicesSince = NEVER;
    } else if (onlyServicesSince == NEVER) {
      onlyServicesSince = now;
    }
    now = Math.max(now, next);
    if (onlyServicesSince != NEVER && now - onlyServicesSince > limits.serviceNanos()) {
      throw end(
          Outcome.Kind.DEADLOCK,
          "for " + (now - onlyServicesSince) / 1_000_000 + " ms nobody but services could run",
          null);
    }
  }

  private void restCheck() {
    for (Runnable check : atRest) {
      try {
        check.run();
      } catch (Throwable e) {
        throw end(Outcome.Kind.LOST_WAKEUP, "nobody can run, and yet: " + e.getMessage(), e);
      }
    }
  }

  private boolean onlyServicesHaveTimes() {
    for (Actor actor : live) {
      if (!actor.service() && (actor.deadline != NEVER || actor.alarm != NEVER)) {
        return false;
      }
    }
    return true;
  }

  private long nextTime() {
    long next = NEVER;
    for (Actor actor : live) {
      if (actor.state == Actor.State.WAITING) {
        next = Math.min(next, actor.deadline);
      }
      next = Math.min(next, actor.alarm);
    }
    return next;
  }

  // The end.

  /** Ends the world since something was thrown. */
  public Error fail(Throwable thrown) {
    return end(Outcome.Kind.THREW, String.valueOf(thrown), thrown);
  }

  void failQuietly(Throwable thrown) {
    Error _ = fail(thrown);
  }

  /** The program has done all it wanted to. */
  Error finish() {
    return end(Outcome.Kind.DONE, "", null);
  }

  private Error end(Outcome.Kind kind, String message, @Nullable Throwable cause) {
    if (outcome == null) {
      if (kind != Outcome.Kind.DONE) {
        report = new Snapshot(this, describers).toString();
      }
      outcome = new Outcome(kind, message, cause);
      over.countDown();
    }
    return new Aborted();
  }

  /** Whether it goes on. Any thread. */
  public boolean isOver() {
    return outcome != null;
  }

  void requireGoing() {
    if (outcome != null) {
      throw new Aborted();
    }
  }

  /** What everybody did when it failed. After its end. */
  public String report() {
    return report;
  }

  /**
   * Runs a program to its end, or to its failure, and unwinds what is left of it. By a thread that
   * is not of this world.
   */
  public Outcome run(String name, Runnable program) throws InterruptedException {
    Actor main = newActor(name, false);
    Runner runner =
        newRunner(
            name,
            name,
            () -> {
              program.run();
              if (othersLive()) {
                sleep(NEVER, () -> !othersLive(), "the end of all other threads");
              }
              Error _ = finish();
            });
    runner.own = main;
    main.open(runner);
    current = main;
    runner.thread().start();
    runner.grant();
    Outcome ending = awaitOver();
    unwind();
    return ending;
  }

  private boolean othersLive() {
    for (Actor actor : live) {
      if (actor.isOn() && !actor.service() && actor.id() != 0) {
        return true;
      }
    }
    return false;
  }

  private Outcome awaitOver() throws InterruptedException {
    for (; ; ) {
      long seen = steps;
      if (over.await(limits.stuckMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
      if (steps == seen) {
        Error _ =
            end(
                Outcome.Kind.STUCK,
                requireCurrent()
                    + " took no step for "
                    + limits.stuckMillis()
                    + " ms: it blocks in Java code, or loops without a point",
                null);
      }
    }
    Outcome ending = outcome;
    if (ending == null) {
      throw new IllegalStateException("over without an outcome");
    }
    return ending;
  }

  /** Has every thread that is left throw, one after the other. */
  private void unwind() throws InterruptedException {
    Runner last = requireCurrent().runner;
    if (last != null) {
      boolean _ = last.thread().join(UNWIND_TIME); // it unwinds already
    }
    for (int i = 0; i < runners.size(); i++) {
      Runner runner = runners.get(i);
      Thread thread = runner.thread();
      if (thread.getState() != Thread.State.NEW) {
        runner.grant();
        if (!thread.join(UNWIND_TIME)) {
          thread.interrupt();
        }
      }
    }
  }

  /** All threads there ever were. */
  List<Runner> runners() {
    return runners;
  }
}
