package dev.waitok.lwkt.world;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One of those among whom a world chooses: a logical cpu, or a plain thread.
 *
 * <pre>
 *   OFF       -> READY      // opened
 *   OFF       -> UNSTARTED  // is there once somebody starts its thread
 *   UNSTARTED -> READY      // its thread was started
 *   READY     -> WAITING    // sleeps for a wake-up, a condition or a time
 *   WAITING   -> READY      // chosen after one of those has come
 *   READY     -> OFF        // runs elsewhere, or has ended
 * </pre>
 */
public final class Actor {
  enum State {
    OFF,
    UNSTARTED,
    READY,
    WAITING
  }

  private final World world;
  private final int id;
  private final String name;
  private final boolean service;
  State state = State.OFF;

  /** Who runs when it is chosen. */
  @Nullable Runner runner;

  // While it waits.
  private BooleanSupplier condition = Actor::neverTrue;
  private boolean woken;
  long deadline = World.NEVER;
  @Nullable String waitsFor;

  /** It has looked in vain for something that others do, and nothing was done since. */
  boolean spun;

  long alarm = World.NEVER;
  private Runnable alarmAction = () -> {};

  Actor(World world, int id, String name, boolean service) {
    this.world = world;
    this.id = id;
    this.name = name;
    this.service = service;
  }

  /** Its number: the order in which the world's actors were made. */
  public int id() {
    return id;
  }

  /** Its name, for people. */
  public String name() {
    return name;
  }

  /** Whether it only serves others, so that nothing is done as long as only such ones run. */
  public boolean service() {
    return service;
  }

  /** What it waits for, for people; null if it can run or does not exist any more. */
  public @Nullable String waitsFor() {
    return state == State.WAITING ? waitsFor : null;
  }

  /** Whether it takes part at all. */
  public boolean isOn() {
    if (state == State.UNSTARTED && runner != null) {
      return runner.thread().getState() != Thread.State.NEW;
    }
    return state != State.OFF;
  }

  /** The thread that runs when it is chosen. */
  public @Nullable Runner runner() {
    return runner;
  }

  /** Takes part from now on, with this thread. */
  public void open(Runner who) {
    runner = who;
    state = State.READY;
    world.enlist(this);
  }

  /** Takes part once somebody has started this thread. */
  public void openWhenStarted(Runner who) {
    runner = who;
    state = State.UNSTARTED;
    world.enlist(this);
  }

  /** Another thread runs for it from now on. */
  public void runner(Runner who) {
    runner = who;
  }

  /** Takes part no more. */
  public void close() {
    state = State.OFF;
    alarm = World.NEVER;
  }

  /** Ends its wait, now or the next one. */
  public void wake() {
    woken = true;
  }

  /** Has an action run at a time, whoever runs then; replaces an earlier one. */
  public void alarm(long time, Runnable action) {
    alarm = time;
    alarmAction = action;
    world.enlist(this);
  }

  /** Whether neither a choice nor time can make it do anything. */
  boolean isGone() {
    return state == State.OFF && alarm == World.NEVER;
  }

  void fire() {
    alarm = World.NEVER;
    alarmAction.run();
  }

  void beginWait(long until, BooleanSupplier itsCondition, String what) {
    condition = itsCondition;
    deadline = until;
    waitsFor = what;
    state = State.WAITING;
  }

  void endWait() {
    state = State.READY;
    woken = false;
    condition = Actor::neverTrue;
    deadline = World.NEVER;
    waitsFor = null;
  }

  private static boolean neverTrue() {
    return false;
  }

  boolean canRun(long now) {
    return (state == State.UNSTARTED && isOn())
        || state == State.READY
        || (state == State.WAITING && (woken || deadline - now <= 0 || condition.getAsBoolean()));
  }

  @Override
  public String toString() {
    return name;
  }
}
